import { explain, settingGroups } from '../../src/config/settings.ts';

/** The page of all settings, in Markdown. */
export function settingsTable(): string {
  const groups = settingGroups.map(({ title, settings }) => {
    const rows = settings.map((name) => {
      const { defaultValue, description } = explain(name);
      return `| \`${name}\` | ${code(defaultValue)} | ${description.replaceAll('|', '\\|')} |`;
    });
    return `## ${title}\n\n| Name | Default | Meaning |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Settings

Environment variables, or flags of the same names (\`--port\`, \`--rerank-model\` or \`--model\`, …). Empty ones count as not set.
\`HTTP_PROXY\`, \`HTTPS_PROXY\` and \`NO_PROXY\` hold for all that is fetched; a proxy looks up names itself.

<!-- Written by "npm run docs:settings" from src/config/. -->

${groups.join('\n')}`;
}

/** What is no words is set as code. */
function code(value: string): string {
  return value.includes('`') || /^(none|off|all)$/.test(value) || / /.test(value) ? value : `\`${value}\``;
}
