/** What has to be known of models to tell which files one needs. The layer of models knows it. */
export interface FileRules {
  /** Whether a config.json is of a model that is built from its weights, even where there is an export too. */
  isKnownArchitecture(config: unknown): boolean;
  /**
   * Names of the files that hold the weights in safetensors: one, or an index, which must be there, and its shards.
   * @returns undefined when the directory has neither
   * @throws Error with a message for people when the index can't be used
   */
  checkpointFiles(directory: string): Promise<readonly string[] | undefined>;
  /**
   * Names, from the directory on, of the files in which an export keeps its weights.
   * @param name of the export, which must be there
   * @throws Error with a message for people when it can't be read
   */
  externalData(directory: string, name: string): Promise<readonly string[]>;
}
