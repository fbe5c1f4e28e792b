// ONNX Runtime would report its use to its makers, and leave that report's log in the temporary folder. It reads this
// when it is loaded: import this file before it.
process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
