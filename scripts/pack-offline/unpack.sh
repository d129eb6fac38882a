#!/bin/sh
# Unpacks what npm run pack:offline wrote, on a machine without a network and without Node.
#
#     sh unpack.sh TARGET
#
# Needs tar, sha256sum and xz; without xz, Python 3 will do.
set -eu

target=${1:?"usage: sh unpack.sh TARGET"}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$target"
target=$(cd "$target" && pwd)

cd "$here"
sha256sum --check --quiet SHA256SUMS >&2

decompress() {
  if command -v xz >/dev/null 2>&1; then
    xz --decompress --stdout
  else
    python3 -c 'import lzma, shutil, sys; shutil.copyfileobj(lzma.open(sys.stdin.buffer), sys.stdout.buffer)'
  fi
}

for first in *.tar.xz.00; do
  name=${first%.00}
  # The names of the pieces sort in their order.
  cat "$name".[0-9]* | decompress | tar --extract --no-same-owner --directory "$target"
done

cat >"$target/rerankd" <<'WRAPPER'
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
PATH="$here/bin:$PATH"
# Started in whatever folder, it finds its models, and keeps its state in one place.
RERANK_MODELS_DIR=${RERANK_MODELS_DIR:-$here/models}
RERANK_STATE_DIR=${RERANK_STATE_DIR:-$here/data}
export PATH RERANK_MODELS_DIR RERANK_STATE_DIR
exec "$here/bin/node" "$here/src/main.ts" "$@"
WRAPPER
chmod 755 "$target/rerankd"
echo "unpacked into $target: $target/rerankd serve"

# Only where it was packed with --bench. There is no npm here.
if [ -f "$target/bench/gpu.ts" ]; then
  cat >"$target/bench-gpu" <<'WRAPPER'
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
PATH="$here/bin:$PATH"
export PATH
exec "$here/bin/node" "$here/bench/gpu.ts" "$@"
WRAPPER
  chmod 755 "$target/bench-gpu"
  echo "everything that is measured on a card: $target/bench-gpu --out DIR [--python PATH]"
fi
