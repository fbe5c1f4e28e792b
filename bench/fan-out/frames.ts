/** Takes a server's WebSocket frames (unmasked, under 64 KiB) out of the bytes as they arrive. */
export class Frames {
  #rest: Buffer = Buffer.alloc(0);

  constructor(private readonly onFrame: (opcode: number, payload: Buffer) => void) {}

  push(bytes: Buffer): void {
    let data = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    for (let end = endOf(data); end <= data.length; end = endOf(data)) {
      this.onFrame((data[0] as number) & 0x0f, data.subarray(isLong(data) ? 4 : 2, end));
      data = data.subarray(end);
    }
    this.#rest = data;
  }
}

export const TEXT = 0x1;
export const PING = 0x9;
export const PONG = 0xa;

/** A client's frame of less than 64 KiB, masked with zeros. */
export function frame(opcode: number, text: string): Buffer {
  const body = Buffer.from(text);
  const length =
    body.length < 126 ? [0x80 | body.length] : [0x80 | 126, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...length, 0, 0, 0, 0]), body]);
}

function isLong(data: Buffer): boolean {
  return (data[1] as number) === 126;
}

/** Where the first frame ends; beyond all data when that is not known yet. */
function endOf(data: Buffer): number {
  if (data.length < 2 || (isLong(data) && data.length < 4)) return Number.POSITIVE_INFINITY;
  return isLong(data) ? 4 + data.readUInt16BE(2) : 2 + (data[1] as number);
}
