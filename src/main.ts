#!/usr/bin/env node
import { runCommandLine } from './cli/program';

void runCommandLine(process.argv);
