/** Whether a text is a time as `Date` writes it, of a year that every database knows. */
export function isIsoTime(text: string): boolean {
  const time = /^[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) ? Date.parse(text) : Number.NaN;
  // A day that its month does not have is read as one of the next month.
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
}
