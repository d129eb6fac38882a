/** Of the page. It is in the page itself, and allowed by its hash. */
export const STYLE = `
:root { color-scheme: light dark; --line: #8884; --quiet: #667; --code: #8881; --link: #0b62c4 }
@media (prefers-color-scheme: dark) { :root { --quiet: #a3a9b4; --link: #6fb0ff } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 }
main { max-width: 60rem; margin: 0 auto; padding: 1rem }
h1 small { font-size: 1rem; font-weight: normal; color: var(--quiet) }
h2 { margin-top: 2.5rem }
a { color: var(--link) }
nav { position: sticky; top: 0; padding: .5rem 0; background: Canvas; border-bottom: 1px solid var(--line) }
h2, article, details { scroll-margin-top: 3.5rem }
details { border: 1px solid var(--line); border-radius: 6px; margin: .4rem 0 }
details > div { padding: 0 .8rem .6rem; border-top: 1px solid var(--line) }
summary { cursor: pointer; padding: .4rem .8rem }
summary > span:last-child { color: var(--quiet) }
.method { display: inline-block; min-width: 4.2rem; font-weight: 600; font-size: .85rem }
.get { color: #1a7f37 } .post { color: var(--link) } .delete { color: #cf222e }
.quiet, .quiet td { color: var(--quiet) }
.optional { color: var(--quiet) }
table { border-collapse: collapse; width: 100%; margin: .6rem 0; font-size: .92rem }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line) }
code, pre { font: .88rem/1.45 ui-monospace, monospace; background: var(--code); border-radius: 4px }
code { padding: .1rem .25rem; overflow-wrap: anywhere }
pre { padding: .6rem; overflow-x: auto }
article:target, details:target { outline: 2px solid var(--link); outline-offset: 4px }
`;
