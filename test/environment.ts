import { TestEnvironment } from 'jest-environment-node';

/**
 * Node's environment, but with the host's typed arrays: native addons (ONNX Runtime) compare
 * constructors, and the sandbox's own Float32Array is a different one.
 */
export default class HostTypedArraysEnvironment extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    Object.assign(this.global, {
      ArrayBuffer,
      BigInt64Array,
      Float32Array,
      Float64Array,
      Int32Array,
      Uint8Array,
    });
  }
}
