/** Fields as a multipart form, for captures that have only the fields. Each character is a byte. */
export function multipartOf(fields: readonly (readonly [name: string, value: string])[]): {
  boundary: string;
  body: Buffer;
} {
  const parts = fields.map(([name, value]) => {
    const escaped = name.replace(
      /["\r\n]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    );
    return `Content-Disposition: form-data; name="${escaped}"\r\n\r\n${value}\r\n`;
  });
  let boundary = 'call-status';
  while (parts.some((part) => part.includes(boundary))) boundary += '-';
  const text = parts.map((part) => `--${boundary}\r\n${part}`).join('');
  return { boundary, body: Buffer.from(`${text}--${boundary}--\r\n`, 'latin1') };
}
