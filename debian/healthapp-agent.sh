#!/bin/sh
# These flags keep Node small; an agent has no need to be fast. Without --no-expose-wasm, which the first one
# implies, Node would say so at each start.
exec /usr/bin/node --lite-mode --no-expose-wasm --max-semi-space-size=1 --max-old-space-size=16 \
	/usr/lib/healthapp-agent/healthapp-agent.js "$@"
