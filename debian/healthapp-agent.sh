#!/bin/sh
# These flags keep Node small; an agent has no need to be fast. Without --no-expose-wasm, which the first one implies,
# Node would say so at each start. Without its snapshot it has 2 MB less of its own file in memory.
flags='--lite-mode --no-expose-wasm --no-node-snapshot --max-semi-space-size=1 --max-old-space-size=16'
# A Node of another version that does not know one of them would not start at all.
/usr/bin/node $flags --version >/dev/null 2>&1 || flags=
exec /usr/bin/node $flags /usr/lib/healthapp-agent/healthapp-agent.cjs "$@"
