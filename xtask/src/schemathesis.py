"""What schemathesis has to be told about the API: a component is sent as the bytes that it is."""

import schemathesis

schemathesis.serializer.alias("application/wasm", "application/octet-stream")
