/** The graph that engines load. */
export const MODEL_FILE = 'model.onnx';

/** The same graph before its weights are packed, without the embedding tables: it only serves for packing. */
export const UNPACKED_FILE = 'unpacked.onnx';

/** What ONNX Runtime saves of the unpacked graph, and the weights with their packed forms. */
export const PACKED_FILE = 'packed.onnx';
export const PACKED_WEIGHTS_FILE = 'packed.bin';
