import type { Card } from '../options.ts';
import type { ProductChain } from './product-graph.ts';

export interface ProductRequest {
  readonly device: Card | 'cpu';
  readonly chain: ProductChain;
  readonly seconds: number;
}

/** The median over the runs, or why there is none. */
export type ProductReply = { readonly teraflops: number } | { readonly error: string };
