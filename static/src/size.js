// size returns a number of bytes for people.
export function size(bytes) {
  if (bytes < 1024) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  const step = Math.min(3, Math.floor(Math.log2(bytes) / 10));
  return `${+(bytes / 1024 ** step).toFixed(1)} ${" KMG"[step]}iB`;
}
