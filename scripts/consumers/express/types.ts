/** `req.callStatus` is there for everyone who imports the package, and is typed. */
import { type CallStatusEvent, callStatusMiddleware, createCallStatus, signalwire } from '@call-status/express';
import express from 'express';

const app: express.Express = express();
const calls = createCallStatus({ providers: [signalwire({ signingKey: 'key' })] });

app.use('/webhooks/receiver', callStatusMiddleware(calls));
app.use(
  '/webhooks/options',
  callStatusMiddleware({ providers: [signalwire({ signingKey: 'key', onCompleted(_event) {} })] }),
);
app.post('/webhooks/own-answer', callStatusMiddleware({ ack: 'manual' }), (req, res) => {
  const event: CallStatusEvent | undefined = req.callStatus;
  // @ts-expect-error - absent on a request that is no callback
  req.callStatus.callId;
  // @ts-expect-error - "finished" is no status of ours
  if (req.callStatus?.status === 'finished') return;
  // @ts-expect-error - no such property: the augmentation adds one name only
  req.callStatuses;
  res.json(event?.callId);
});

// @ts-expect-error - a misspelled option is an error
callStatusMiddleware({ acknowledge: 'manual' });
