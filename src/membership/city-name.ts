/**
 * What makes two spellings the same city: trimmed, Unicode-normalised (NFC), case ignored.
 * Lower-casing can leave letters decomposed again ("İ"), hence the second normalisation.
 */
export function cityKey(name: string): string {
  return name.trim().normalize('NFC').toLowerCase().normalize('NFC');
}
