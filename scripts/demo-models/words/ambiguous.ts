/**
 * Words which are grammar in one language and a topic in another (German "war" and "die", French "car" and
 * "or"). A token has one weight whatever the language of the text, so these take a weight in between.
 */
export const ambiguous = `
  die war hat car or son fin art pour sous dans fort pain main arts sole pan come mine est gift wider rate coin
  sale tout plus bald fast rang arm hut rat tag kind per sur mit bin bei due sei mais test sept will i e o a`;
