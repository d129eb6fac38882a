export class InvalidCheckpoint extends Error {
  override readonly name = 'InvalidCheckpoint';
}
