/** A checkpoint that can't be used. The message is a whole sentence that names the file, and the tensor or field in it. */
export class InvalidCheckpoint extends Error {
  override readonly name = 'InvalidCheckpoint';
}
