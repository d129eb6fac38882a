import { describeMachine } from '../../serve/report/machine.ts';
import type { AgreementFindings } from '../parts/agreement.ts';
import type { Spread } from '../parts/context.ts';
import type { MatmulFindings } from '../parts/matmul.ts';
import type { SingleFindings } from '../parts/single.ts';
import type { Rates, ThroughputFindings } from '../parts/throughput.ts';
import type { CardResults } from '../run.ts';
import { type Judged, limits } from './limits.ts';

/** All figures as text. */
export function renderCard(results: CardResults): string {
  const { machine, card, torch, isDryRun, matmul, throughput, single, agreement, faults } = results;
  const name =
    card === undefined ? 'card not named (no nvidia-smi)' : Object.values(card).slice(0, 3).join(', ');
  return `${[
    ...(isDryRun ? ['DRY RUN: the card computes nothing, no figure below means anything', ''] : []),
    describeMachine(machine),
    name,
    torch === undefined
      ? 'no PyTorch'
      : `PyTorch ${String(torch['torch'])}, transformers ${String(torch['transformers'])}`,
    ...(matmul === undefined ? [] : ['', ...matmulLines(matmul)]),
    ...throughput.flatMap((found) => ['', ...throughputLines(found)]),
    ...(single.length === 0 ? [] : ['', ...single.map(singleLine)]),
    ...(agreement.length === 0 ? [] : ['', ...agreement.flatMap(agreementLines)]),
    '',
    ...(isDryRun ? [] : limits(results).map(limitLine)),
    ...[
      ...new Set([
        ...faults,
        ...(matmul?.faults ?? []),
        ...[...throughput, ...agreement].flatMap((found) => found.faults),
      ]),
    ].map((fault) => `! ${fault}`),
  ].join('\n')}\n`;
}

function matmulLines({ reference, square, torchLayers, onnxLayers }: MatmulFindings): string[] {
  const layers = Object.entries(torchLayers).map(
    ([size, rates]) =>
      `  ${size.padEnd(6)} PyTorch    ${rates.map(({ m, k, n, teraflops }) => `${m}×${k}×${n}: ${short(teraflops)}`).join(', ')}`,
  );
  const own = Object.entries(onnxLayers).map(
    ([size, { hidden, inner }]) =>
      `  ${size.padEnd(6)} ONNX RT    h×h: ${short(hidden)}, h×i and i×h: ${short(inner)}`,
  );
  const squares = Object.entries(square).map(([who, rate]) => `${who} ${short(rate)}`);
  return [
    `matrix products, TFLOP/s; shares are of ${short(reference)}`,
    `  square            ${squares.join(', ')}`,
    ...layers,
    ...own,
  ];
}

function throughputLines(found: ThroughputFindings): string[] {
  const { size, tokensPerDocument, flopPerToken, server, engine, torch } = found;
  const heads = ['docs/s', 'tokens/s', 'TFLOP/s', '% of matmul', '/ PyTorch'].map((head) =>
    head.padStart(26),
  );
  return [
    `${size}, mixed lengths, ${tokensPerDocument.toFixed(1)} tokens a document, ${(flopPerToken / 1e9).toFixed(3)} GFLOP a token: median (least–most)`,
    `  ${''.padEnd(22)}${heads.join('')}`,
    ...throughputRow('rerankd over HTTP', server, found.serverByTorch),
    ...throughputRow('its engines alone', engine, found.engineByTorch),
    ...throughputRow('PyTorch fp16 SDPA', torch, undefined),
    `  server: p50 ${short(found.latencyMs.p50)} ms, p99 ${short(found.latencyMs.p99)} ms, ${short(found.tokensPerBatch)} tokens a batch, ${found.failed} failed${torch === undefined ? '' : `; PyTorch: batches of ${torch.tuning.budget} tokens`}`,
  ];
}

function throughputRow(name: string, rates: Rates | undefined, ratio: Spread | undefined): string[] {
  if (rates === undefined) return [];
  const { documentsPerSecond, tokensPerSecond, teraflops, shareOfMatmul } = rates;
  const cells = [
    spread(documentsPerSecond),
    spread(tokensPerSecond),
    spread(teraflops),
    spread(shareOfMatmul, 100),
  ];
  return [`  ${name.padEnd(22)}${cells.join('')}${ratio === undefined ? '' : spread(ratio)}`];
}

function singleLine({ size, documents, tokensPerDocument, requests, ...found }: SingleFindings): string {
  const { p50Ms, p95Ms, p99Ms, maxMs, failed } = found;
  return `${size}: one request of ${documents} × ${tokensPerDocument.toFixed(0)} tokens, ${requests} times, ms: p50 ${short(p50Ms)}, p95 ${short(p95Ms)}, p99 ${short(p99Ms)}, max ${short(maxMs)}; ${failed} failed`;
}

function agreementLines(findings: AgreementFindings): string[] {
  const { size, pairs, spread: range, card, cardAlone, cardFp32, torch } = findings;
  const line = (name: string, found: typeof card | undefined): string[] =>
    found === undefined
      ? []
      : [
          `  ${name.padEnd(22)} largest ${found.largestBySpread.toExponential(2)}, mean ${found.meanBySpread.toExponential(2)} of the spread; Kendall tau ${found.kendallTau.toFixed(5)}`,
        ];
  return [
    `${size}: logits against fp32 on the CPU, ${pairs} pairs, spread ${short(range)}`,
    ...line('rerankd', card),
    ...line('rerankd, alone', cardAlone),
    ...line('rerankd, fp32', cardFp32),
    ...line('PyTorch', torch),
  ];
}

function limitLine({ name, asked, measured, isMet }: Judged): string {
  return `${isMet ? '✓' : '✗'} ${name.padEnd(58)} ${short(measured).padStart(10)}   asked ${asked}`;
}

function spread({ median, least, most }: Spread, factor = 1): string {
  return `${short(median * factor)} (${short(least * factor)}–${short(most * factor)})`.padStart(26);
}

/** Three digits; whole numbers from a hundred on. */
function short(value: number): string {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}
