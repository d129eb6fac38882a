/** What one version of the demo model does differently from another. All weights are relative to a word's. */
export interface Variant {
  /** Directory name, and the name by which the model is asked for. */
  readonly name: string;
  /** One line for the model card. */
  readonly summary: string;
  /** Word similarity (twice the common prefix over both lengths) at which two words begin to match. */
  readonly similarityFloor: number;
  /** How much a word counts for which the other text only has a compound or a longer form of it. */
  readonly containment: number;
  /** Weight of adjacent query words that are adjacent in the document too. */
  readonly phraseWeight: number;
  /** Logit of a coverage of one minus the logit of no coverage. */
  readonly scale: number;
  /** Coverage at which a short document's logit is zero. */
  readonly center: number;
  /** Logits that a document loses each time its length grows by a factor of e. */
  readonly lengthPenalty: number;
}

/** The embedded default model. */
export const demo: Variant = {
  name: 'demo',
  summary: 'the embedded default',
  similarityFloor: 0.45,
  containment: 0.4,
  phraseWeight: 0.6,
  scale: 8,
  center: 0.36,
  lengthPenalty: 0.15,
};

/** A second version of it: minds phrases and exact word forms more, and answers on a narrower scale. */
export const demoNext: Variant = {
  name: 'demo-next',
  summary:
    'a second version, to try an update with: stricter on word forms, fonder of phrases, narrower scale',
  similarityFloor: 0.55,
  containment: 0.2,
  phraseWeight: 1.4,
  scale: 6,
  center: 0.45,
  lengthPenalty: 0.1,
};
