/**
 * The value of an `Authorization` header with a user name and a password.
 * @example basic('key', 'token') // 'Basic a2V5OnRva2Vu'
 */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
