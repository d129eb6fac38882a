/** Environment variables by name, as Node gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;
