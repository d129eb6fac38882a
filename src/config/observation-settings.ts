import { z } from 'zod';
import { isOn, oneOf, secret, setting, share, text } from './rules.ts';

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

/** What it says of itself. */
export const observationSettings = {
  LOG_LEVEL: setting(
    oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent').default('info'),
    'the least level that is logged',
  ),
  LOG_FORMAT: setting(
    oneOf('auto', 'json', 'text').default('auto'),
    '`json` or `text`; `auto` is text at a terminal',
  ),
  RERANK_LOG_TEXTS: setting(
    text.optional(),
    '`1`: the log has the query and the documents of each request too, at level `debug`; without it no text of a request is ever logged',
    'off',
  ),
  RERANK_TEI_METRICS: setting(
    text.optional(),
    '`1`: GET /metrics has the names of text-embeddings-inference too (`te_…`)',
    'off',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: setting(
    httpUrl.optional(),
    'the OpenTelemetry collector that gets traces, over OTLP/HTTP: `http://collector:4318`; none: no traces',
  ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: setting(
    httpUrl.optional(),
    'the same with the whole path, for traces alone: `http://collector:4318/v1/traces`',
  ),
  OTEL_EXPORTER_OTLP_HEADERS: secret(
    text.optional(),
    'headers for the collector, such as a key: `name=value,name=value`, percent-encoded',
  ),
  OTEL_SERVICE_NAME: setting(text.default('rerankd'), 'what traces call this service'),
  OTEL_TRACES_SAMPLER_ARG: setting(
    share(0).default(1),
    'the share of requests that are traced where the caller has not decided it, 0 to 1',
  ),
} as const;

type ObservationValues = z.output<z.ZodObject<typeof observationSettings>>;

/** Where traces go, and how many. */
export interface TracingSettings {
  /** Takes POSTs of OTLP. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  /** 0 to 1. */
  readonly sampledShare: number;
}

export function observationOf(values: ObservationValues) {
  return {
    logTexts: isOn(values.RERANK_LOG_TEXTS),
    teiMetrics: isOn(values.RERANK_TEI_METRICS),
    tracing: tracingOf(values),
  };
}

/** Source: the OpenTelemetry Protocol Exporter specification. Only the general endpoint has the path of the signal appended. */
function tracingOf(values: ObservationValues): TracingSettings | undefined {
  const base = values.OTEL_EXPORTER_OTLP_ENDPOINT;
  const url = values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base && `${base.replace(/\/+$/, '')}/v1/traces`);
  if (url === undefined) return undefined;
  return {
    url,
    headers: headersOf(values.OTEL_EXPORTER_OTLP_HEADERS ?? ''),
    serviceName: values.OTEL_SERVICE_NAME,
    sampledShare: values.OTEL_TRACES_SAMPLER_ARG,
  };
}

/** What is no pair is left out: a message about it would print a key. */
function headersOf(list: string): Record<string, string> {
  const pairs = list.split(',').map((entry) => /^\s*([!#$%&'*+.^`|~\w-]+)\s*=\s*(.*?)\s*$/.exec(entry));
  return Object.fromEntries(pairs.flatMap((pair) => (pair ? [[pair[1], decoded(pair[2] ?? '')]] : [])));
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
