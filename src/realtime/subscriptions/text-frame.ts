/**
 * A server's WebSocket message as it goes over the wire: one final, unmasked text frame (RFC 6455, section 5.2) whose
 * payload is in two parts.
 */
export function writeTextFrame(target: Buffer, at: number, head: Buffer, body: Buffer): number {
  const length = head.length + body.length;
  let end = at;
  target[end++] = 0x81; // final, text
  if (length < 126) {
    target[end++] = length;
  } else if (length < 65_536) {
    target[end++] = 126;
    end = target.writeUInt16BE(length, end);
  } else {
    target[end++] = 127;
    end = target.writeUInt32BE(0, end);
    end = target.writeUInt32BE(length, end);
  }
  end += head.copy(target, end);
  return end + body.copy(target, end);
}

/** Bytes that `writeTextFrame` writes for a payload of this length. */
export function textFrameLength(payloadLength: number): number {
  if (payloadLength < 126) return 2 + payloadLength;
  return (payloadLength < 65_536 ? 4 : 10) + payloadLength;
}

/** A text in UTF-8 that is kept for long: in memory of its own, since a part of Node's pool would keep 8 KiB from being freed. */
export function lastingBuffer(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}
