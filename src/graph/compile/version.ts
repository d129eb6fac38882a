/** Counts the changes after which graphs and weights that were compiled before must be compiled anew. */
export const COMPILER_VERSION = 4;
