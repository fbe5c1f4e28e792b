/** A table of customers as shops export it: an id, a region, a date, amounts, choices and flags. `bytes` or a bit more. */
export function customersCsv(bytes: number): Buffer {
  const parts = ['customer,region,since,spent,visits,interests,newsletter\n'];
  for (let size = 0, row = 0; size < bytes; row++) {
    const line = customer(row);
    parts.push(line);
    size += line.length;
  }
  return Buffer.from(parts.join(''));
}

const REGIONS = ['North', 'South', 'East', 'West'];
const INTERESTS = ['Surf', 'Running', 'Museums', 'Concerts', 'Coffee', 'Italian food', 'Guided visits'];

function customer(row: number): string {
  const noise = (row * 2_654_435_761) >>> 0;
  const liked = INTERESTS.filter((_, i) => (noise >>> i) & 1).join(', ');
  const month = String((noise % 12) + 1).padStart(2, '0');
  return `c${row},${REGIONS[noise & 3]},2024-${month}-17,${(noise % 100_000) / 100},${noise % 60},"${liked}",${noise & 8 ? 'yes' : 'no'}\n`;
}
