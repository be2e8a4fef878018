export function RefusedPage() {
  return <h1>Refused callbacks</h1>;
}
