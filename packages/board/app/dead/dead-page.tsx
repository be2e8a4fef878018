export function DeadPage() {
  return <h1>Dead letters</h1>;
}
