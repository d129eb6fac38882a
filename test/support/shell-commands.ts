/** Text that stands for code in Markdown: blocks between fences, and spans between backticks. */
function codeIn(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```(?:sh|bash)?\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  const prose = markdown.replaceAll(/^```[\s\S]*?^```$/gm, '');
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return [...blocks.flatMap((block) => block.replaceAll(/\\\n\s*/g, ' ').split('\n')), ...spans];
}

/** Words as a shell takes them, without comments and variables. */
function wordsOf(command: string): string[] {
  const words = [...command.matchAll(/'([^']*)'|"([^"]*)"|(#.*$)|([^\s'"]+)/g)]
    .filter(([, , , comment]) => comment === undefined)
    .map(([, single, double, , plain]) => single ?? double ?? plain ?? '');
  const start = words.findIndex((word) => !/^[A-Z_]+=/.test(word) && word !== 'npx');
  return start === -1 ? [] : words.slice(start);
}

/** The commands of rerankd and npm that a Markdown text names, as words; `…` stands for what the reader knows. */
export function commandsIn(markdown: string): string[][] {
  return codeIn(markdown)
    .flatMap((line) => line.split(/\s(?:\||&&|;)\s|<\(|\)$/))
    .map((command) => wordsOf(command.trim()))
    .map((words) => words.filter((word) => word !== '…'))
    .filter(([program]) => program === 'rerankd' || program === 'npm');
}
