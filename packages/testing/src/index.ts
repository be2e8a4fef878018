export type { Adapter, Mount, Parser, Setup } from './adapter-contract/adapter.ts';
export { adapterContract } from './adapter-contract/adapter-contract.ts';
export type { Seen } from './adapter-contract/application.ts';
export {
  type Callback,
  type CallbackArguments,
  type CallbackOptions,
  callback,
  type FixtureName,
  type Made,
  type MakeCallback,
  type Proof,
  type Sample,
} from './callback/callback.ts';
export type { Encoding } from './callback/encode.ts';
export type { FieldChange, FieldChanges } from './callback/fields.ts';
export { expired, forged, tampered, unsigned, withBody, withUrl } from './callback/negative.ts';
export { optionsFor, proofFor } from './callback/proof.ts';
export type { ContractTest } from './contract-test.ts';
export { type Expectation, type Fixture, parseFixture } from './fixtures/fixture-file.ts';
export { fixtures, readFixtures } from './fixtures/fixtures.ts';
export { inboxContract } from './inbox-contract/inbox-contract.ts';
export type { InboxUnderTest, MakeInbox } from './inbox-contract/inbox-under-test.ts';
export { type ManualClock, manualClock } from './manual-clock.ts';
export type { ProviderUnderTest } from './provider-contract/bench.ts';
export { type ProviderContractOptions, providerContract } from './provider-contract/provider-contract.ts';
export type { FieldsOf, ProviderLike } from './provider-like.ts';
export type { Delivery, Playable } from './scenario/delivery.ts';
export { FAULT_NAMES, type FaultName, type Faults } from './scenario/faults.ts';
export { scenariosOf } from './scenario/plan.ts';
export {
  type ExpectedCall,
  type Scenario,
  type ScenarioOptions,
  scenario,
} from './scenario/scenario.ts';
export { SCENARIO_NAMES, type ScenarioName } from './scenario/script.ts';
export { type App, type FetchFunction, type NodeListener, type NodeServer, type SendOptions, send } from './send.ts';
export { type CallbackSender, type CallbackSenderOptions, callbackSender } from './sender/sender.ts';
export {
  type EventHandlerName,
  type HandledEvent,
  type TestReceiver,
  type TestReceiverOptions,
  testReceiver,
} from './test-receiver.ts';
