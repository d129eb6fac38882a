import type { JsonSchema, SchemaName } from './schemas/named-schemas.ts';

export type Tag = 'Rerank' | 'Models' | 'Updates' | 'Probes' | 'Other servers' | 'Pages';

/** Who may ask. `api` needs an API key, or an admin key, where there is one; `admin` an admin key. */
export type Audience = 'everybody' | 'api' | 'admin';

/** A request as a client may send it. */
export interface Example {
  readonly summary: string;
  readonly value: unknown;
}

export interface DescribedAnswer {
  readonly description: string;
  /** Of JSON bodies. Several: one of them, by the kind of request. None: see `mediaType`. */
  readonly schemas?: readonly SchemaName[];
  /** Of other bodies. */
  readonly mediaType?: string;
  /** Of these, where it is more than a text. Of server-sent events: of each event. */
  readonly schema?: JsonSchema;
  readonly headers?: readonly string[];
}

/** What the document says of one route, and its handlers can't. The table of routes is in http/app.ts. */
export interface DescribedOperation {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** As in the table of routes. */
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: Tag;
  readonly audience: Audience;
  readonly parameters?: readonly string[];
  readonly request?: {
    readonly schemas: readonly SchemaName[];
    /** False: the body may be left out. */
    readonly isRequired: boolean;
    readonly examples: Readonly<Record<string, Example>>;
  };
  readonly answers: Readonly<Record<number, DescribedAnswer>>;
  /** Statuses of errors, besides those that every route of its kind has. */
  readonly errors?: readonly number[];
}
