/** Tells whether a text holds one of many pieces, in one pass however many they are. */
export type PieceFinder = (text: string) => boolean;

/** No piece is shorter. */
export const shortestPiece = 12;
const base = 131;
const slots = 1 << 20;
/** What the oldest character of a window counts for in its hash. */
const oldest = Array.from({ length: shortestPiece - 1 }).reduce((power: number) => Math.imul(power, base), 1);

/**
 * A rolling hash (Rabin and Karp) over windows of the shortest piece; what it points at is compared in full. About 10 ms for
 * a megabyte.
 * @param pieces compact: of letters and digits alone; those shorter than {@link shortestPiece} are left out
 */
export const createPieceFinder = (pieces: readonly string[]): PieceFinder => {
  const bySlot = new Map<number, string[]>();
  const isTaken = new Uint8Array(slots);
  for (const piece of pieces) {
    if (piece.length < shortestPiece) continue;
    const slot = slotOf(hashOf(piece));
    isTaken[slot] = 1;
    bySlot.set(slot, [...(bySlot.get(slot) ?? []), piece]);
  }
  return (text) => {
    if (bySlot.size === 0 || text.length < shortestPiece) return false;
    let hash = hashOf(text);
    for (let start = 0; ; start += 1) {
      const slot = slotOf(hash);
      if (isTaken[slot] === 1 && (bySlot.get(slot) ?? []).some((piece) => text.startsWith(piece, start)))
        return true;
      const next = start + shortestPiece;
      if (next >= text.length) return false;
      const rest = (hash - Math.imul(text.charCodeAt(start), oldest)) | 0;
      hash = (Math.imul(rest, base) + text.charCodeAt(next)) | 0;
    }
  };
};

const hashOf = (text: string): number => {
  let hash = 0;
  for (let index = 0; index < shortestPiece; index += 1)
    hash = (Math.imul(hash, base) + text.charCodeAt(index)) | 0;
  return hash;
};

const slotOf = (hash: number): number => (hash ^ (hash >>> 12)) & (slots - 1);
