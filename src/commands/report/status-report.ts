import type { ServerState } from '../server/server-state.ts';
import { field, oneLine, table } from './layout.ts';
import { phaseText, probationText, progressText } from './progress-text.ts';
import { milliseconds, moment, timeSpan } from './quantities.ts';

interface StatusOptions {
  readonly url: string;
  readonly now: Date;
}

/** Digits of a digest that tell models apart; the server takes the start of a digest for the whole. */
const DIGEST_DIGITS = 12;

/** The state of a server on one screen: plain text, no line end at the end. */
export function formatStatus(state: ServerState, { url, now }: StatusOptions): string {
  const { info } = state;
  const sections = [
    [field('server', `${url}, version ${info.version ?? 'unknown'}`), ...healthLines(state)],
    modelLines(state, now),
    changeLines(state),
    historyLines(state),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function healthLines({ health, readiness }: ServerState): string[] {
  return [field('health', probeText(health)), field('readiness', probeText(readiness))];
}

function probeText({ status, reason, remark }: ServerState['health']): string {
  return [status ?? 'unknown', reason, remark].filter((part) => part !== null).join(': ');
}

function modelLines({ info: { current, engines }, models }: ServerState, now: Date): string[] {
  if (current === null) return [field('model', 'none is loaded yet')];
  const since = models.history.find((entry) => isServing(entry, current.digest))?.since;
  const runsOn = [current.device, current.dtype, engines && `${engines.ready} engines ready`];
  return [
    field('model', current.model),
    field('digest', short(current.digest)),
    field('runs on', runsOn.filter((part) => part !== null).join(', ')),
    ...(current.generation === null ? [] : [field('generation', String(current.generation))]),
    ...(since == null ? [] : [field('since', ago(since, now))]),
  ];
}

function changeLines({ info }: ServerState): string[] {
  const { operation, probation, standby, quarantined, unsaved } = info;
  const lines: string[] = [];
  if (operation !== null) {
    const elapsed = operation.phases.reduce((sum, { ms }) => sum + ms, 0);
    const parts = [phaseText(operation), operation.progress && progressText(operation.progress)];
    const where = parts.filter((part) => part !== null && part !== '').join(', ');
    lines.push(
      field(
        'operation',
        `${operation.kind} to ${operation.model}: ${where}, ${milliseconds(elapsed)} so far`,
      ),
      field('', operation.id),
    );
  }
  if (probation !== null) lines.push(field('probation', probationText(probation)));
  if (standby !== null) lines.push(field('standby', `${standby.model} (${short(standby.digest)})`));
  for (const { model, digest, dtype, reason, since } of quarantined) {
    const form = dtype === null ? '' : ` as ${dtype}`;
    const when = since === null ? '' : ` since ${moment(since)}`;
    const what = `${model} (${short(digest)})${form}${when}`;
    lines.push(field('quarantined', `${what}: ${reason ?? 'no reason given'}`));
  }
  if (unsaved !== null) lines.push(field('not saved', unsaved));
  return lines;
}

function historyLines({ info: { current }, models: { history, available } }: ServerState): string[] {
  const rows = history.map((entry) => [
    entry.since === null ? 'unknown' : moment(entry.since),
    short(entry.digest),
    entry.dtype ?? '',
    entry.model + (isServing(entry, current?.digest ?? null) ? ' (serves)' : ''),
  ]);
  const lines =
    rows.length === 0 ? [] : ['history', ...table(rows, ['left', 'left', 'left']).map((row) => `  ${row}`)];
  if (available.length === 0) return lines;
  return [...lines, 'available', ...available.map((reference) => `  ${oneLine(reference)}`)];
}

/** Older servers don't say; they have no two forms of one content side by side. */
function isServing(
  { digest, serves }: ServerState['models']['history'][number],
  current: string | null,
): boolean {
  return serves ?? (digest !== null && digest === current);
}

function short(digest: string | null): string {
  if (digest === null) return 'digest unknown';
  const [, algorithm = '', digits = digest] = /^(\w+:)?(.*)$/s.exec(digest) ?? [];
  return `${algorithm}${digits.slice(0, DIGEST_DIGITS)}`;
}

function ago(iso: string, now: Date): string {
  const seconds = (now.getTime() - Date.parse(iso)) / 1000;
  // Two machines' clocks differ.
  return seconds >= 0 ? `${moment(iso)}, ${timeSpan(seconds)} ago` : moment(iso);
}
