import { z } from 'zod';

/** What an older server doesn't send, or sends in another shape, is shown as absent. */
export const optional = <T extends z.ZodType>(schema: T) => schema.nullable().catch(null);

/** Entries in another shape leave the whole list out. */
export const listOf = <T extends z.ZodType>(schema: T) => z.array(schema).catch([]);
