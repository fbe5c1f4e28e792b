/** People of planted segments: those of segment s like its own few interests, and now and then something else. */
export function plantedCsv(rows: number, segments: number, seed = 1): string {
  const interests = Array.from({ length: segments * 4 }, (_, i) => `likes ${String.fromCharCode(97 + i)}`);
  let state = seed;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  const lines = Array.from({ length: rows }, (_, row) => {
    const cells = interests.map(
      (_interest, i) => Number(Math.floor(i / 4) === row % segments) ^ Number(random() < 0.05),
    );
    return [...cells, row % 2 === 0 ? 'north' : 'south'].join(',');
  });
  return `${[...interests, 'branch'].join(',')}\n${lines.join('\n')}\n`;
}
