/**
 * Module that the tests load into `node-red-dev` with `--require`. Sends the tool's requests for the catalogue of
 * public nodes to the server on 127.0.0.1 at `CATALOGUE_PORT`. All other requests are unchanged.
 */
import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';

type Send = (options: RequestOptions, answered?: (answer: IncomingMessage) => void) => ClientRequest;

const send: Send = https.request;
const instead = { protocol: 'http:', hostname: '127.0.0.1', host: null, port: process.env['CATALOGUE_PORT'] };

const sendElsewhere: Send = (options, answered) => {
  const isCatalogue = options.hostname === 'catalogue.nodered.org' && options.path === '/catalogue.json';
  return isCatalogue ? http.request({ ...options, ...instead }, answered) : send(options, answered);
};
https.request = sendElsewhere as typeof https.request;
