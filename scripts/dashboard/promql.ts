/** A metric of the replicas that were chosen above. @param matchers further ones */
export function of(metric: string, matchers = ''): string {
  return `${metric}{instance=~"$instance"${matchers === '' ? '' : `,${matchers}`}}`;
}

export function rate(metric: string, matchers = ''): string {
  return `rate(${of(metric, matchers)}[$__rate_interval])`;
}

export function increase(metric: string, matchers = ''): string {
  return `increase(${of(metric, matchers)}[$__rate_interval])`;
}

/** @param metric a histogram, without `_bucket` */
export function quantile(share: number, metric: string, matchers = '', by = ''): string {
  return `histogram_quantile(${share}, sum by (le${by === '' ? '' : `, ${by}`}) (${rate(`${metric}_bucket`, matchers)}))`;
}

/** The routes that score. */
export const RERANK = 'route=~".*/(rerank|reranking|score)"';
