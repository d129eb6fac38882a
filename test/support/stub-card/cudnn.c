/* cuDNN: only its version means anything. */
#include <stddef.h>

size_t cudnnGetVersion(void) { return 91000; }
