/** UTF-8 bytes as text; bytes that are none stand for themselves (Latin-1). */
export function decodeText(bytes: Uint8Array): string {
  let plain = '';
  let escaped = '';
  let isAscii = true;
  for (const byte of bytes) {
    plain += String.fromCharCode(byte);
    if (byte >= 0x80) isAscii = false;
    escaped += `%${byte.toString(16).padStart(2, '0')}`;
  }
  if (isAscii) return plain;
  try {
    return decodeURIComponent(escaped);
  } catch {
    return plain;
  }
}
