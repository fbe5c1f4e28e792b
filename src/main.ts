#!/usr/bin/env node
import { runCommandLine } from './cli/program';

// ONNX Runtime would report its use to its makers, and leave that report's log in the temporary folder.
process.env['ORT_DISABLE_TELEMETRY'] ??= '1';

void runCommandLine(process.argv);
