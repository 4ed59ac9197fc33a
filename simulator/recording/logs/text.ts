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

/** Text as UTF-8 bytes. */
export function encodeText(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let at = 0;
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code < 0x80) bytes[at++] = code;
    else if (code < 0x800) {
      bytes[at++] = 0xc0 | (code >>> 6);
      bytes[at++] = 0x80 | (code & 0x3f);
    } else if (code < 0x1_0000) {
      bytes[at++] = 0xe0 | (code >>> 12);
      bytes[at++] = 0x80 | ((code >>> 6) & 0x3f);
      bytes[at++] = 0x80 | (code & 0x3f);
    } else {
      bytes[at++] = 0xf0 | (code >>> 18);
      bytes[at++] = 0x80 | ((code >>> 12) & 0x3f);
      bytes[at++] = 0x80 | ((code >>> 6) & 0x3f);
      bytes[at++] = 0x80 | (code & 0x3f);
    }
  }
  return bytes.slice(0, at);
}
