/** Chinese characters which nearly always carry grammar: particles, pronouns, question words, prepositions. */
export const chineseFunctionCharacters =
  '的了是在和与及或吗呢吧啊呀么什怎样如何哪谁几多少不没这那个一些都也就还又很最更被把将从但而且则所以因于之其此我们你您他她它着请让给';

/** Chinese characters of broad words, and such as are grammar here and part of a topic word there. */
export const chineseCommonCharacters =
  '有为对到向该得地过会能可要只人大小上下中来去说出年月日天时间生活用做作法方面事情家国新好长高发现成分种类主需应使行动开关前后里外同名点看想知道问题意思第二三四五六七八九十每次办世界公司学校老师今现在正常部本称';
