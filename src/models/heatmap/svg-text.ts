/** The width of a character of a wide sans-serif font at 14 px: SVG cannot measure text. */
const CHARACTER_WIDTH = 8.2;

/** One line of text at a place, styled by CSS classes. */
export function svgText(x: number, y: number, content: string, classes: string): string {
  return `<text x="${svgNumber(x)}" y="${svgNumber(y)}" class="${classes}">${escapeXml(content)}</text>`;
}

/** To a tenth of a pixel. */
export function svgNumber(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Room for the longest label at 14 px. */
export function widthOf(labels: readonly string[]): number {
  return Math.max(...labels.map((label) => label.length)) * CHARACTER_WIDTH;
}

/** Breaks between words into lines of at most `length` characters, a longer word standing alone. */
export function wrapWords(label: string, length: number): string[] {
  const lines: string[] = [];
  for (const word of label.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= length) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}

/** As XML text or attribute; what XML cannot hold (control characters, half surrogates) becomes �. */
export function escapeXml(content: string): string {
  return content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
}
