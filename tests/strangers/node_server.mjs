#!/usr/bin/env node
// One small shop server with four documented APIs: Sellercloud (token, product, order, purchase order),
// Veeqo (POST /products) and Seller Center (Product.createProducts). Everything lives in memory.
// Strict where the documents are silent; every such choice is a row in CHOICES.md.
import http from 'node:http';
import { randomBytes } from 'node:crypto';

const TOKEN = 'sellercloud-token-facts.txt', PRODUCT = 'sellercloud-create-product.txt',
  ORDER = 'sellercloud-create-order.txt', PO = 'sellercloud-create-purchase-order.txt',
  VEEQO = 'veeqo-create-product.txt', CENTER = 'sellercenter-create-products.txt';

// ---------------------------------------------------------------- bugs
// Row: name, operation, class, document, line, quoted text, what is wrong, and for bugs in the answer
// a function that spoils it. Bugs in the checking of requests have no function: look for bug('name').
// `good` runs on answers below 400, `bad` on the others, `any` on both.
const good = (spoil) => (a) => { if (a.status < 400) spoil(a); };
const bad = (spoil) => (a) => { if (a.status >= 400) spoil(a); };
const only401 = (spoil) => (a) => { if (a.status === 401) spoil(a); };
const results = (a) => a.body.flatMap((call) => call.result ?? []); // Seller Center: all product results
const success = (spoil) => good((a) => results(a).forEach((r) => r.product && spoil(r)));
const failure = (spoil) => good((a) => results(a).forEach((r) => r.error && spoil(r)));

const BUGS = [
  // --- token
  ['token-status-201', 'token', 'status', TOKEN, 14, 'Response 200 `CreateTokenResponse', 'answers 201 Created',
    good((a) => { a.status = 201; })],
  ['token-type-missing', 'token', 'missing-member', TOKEN, 14, 'token_type: string ("Bearer")', 'token_type is left out',
    good((a) => { delete a.body.token_type; })],
  ['token-expires-in-string', 'token', 'wrong-type', TOKEN, 14, 'expires_in: number(double)', 'expires_in is the string "3600"',
    good((a) => { a.body.expires_in = String(a.body.expires_in); })],
  ['token-expires-before-issued', 'token', 'wrong-value', TOKEN, 15, '`.expires = .issued + expires_in`', '.issued and .expires are swapped',
    good(({ body }) => { [body['.issued'], body['.expires']] = [body['.expires'], body['.issued']]; })],
  ['token-answer-html', 'token', 'header', TOKEN, 9, 'produces `application/json`, `text/json`', 'Content-Type says text/html',
    good((a) => { a.headers['Content-Type'] = 'text/html; charset=utf-8'; })],
  ['token-keys-case-sensitive', 'token', 'condition', TOKEN, 11, 'Keys are matched case-insensitively', 'lower-case username/password are taken as missing'],
  ['token-form-refused', 'token', 'header', TOKEN, 9, 'consumes `application/json`, `text/json`, `application/x-www-form-urlencoded`', 'form bodies get 415'],
  ['token-password-not-required', 'token', 'required', TOKEN, 10, 'Password: string (required)', 'a body without Password gets a token'],
  ['token-wrong-password-accepted', 'token', 'credential', TOKEN, 19, 'Wrong credentials: non-200', 'any password gets a token'],
  ['token-wrong-password-message', 'token', 'missing-member', TOKEN, 19, 'body `{"Message": "Sorry, invalid username or password"}`', 'the text is in "error", not in "Message"',
    only401((a) => { a.body = { error: a.body.Message }; })],
  ['token-authorization-checked', 'token', 'credential', TOKEN, 13, 'An `Authorization` header on the token call must be ignored', 'a stale bearer token on the token call gets 401'],

  // --- Sellercloud product
  ['product-status-201', 'create-product', 'status', PRODUCT, 29, 'response will be Status Code 200 => OK', 'answers 201 Created',
    good((a) => { a.status = 201; })],
  ['product-401-as-403', 'create-product', 'status', PRODUCT, 30, 'response will be Status Code 401 => Not Valid Token', 'answers 403',
    only401((a) => { a.status = 403; })],
  ['product-401-reason', 'create-product', 'reason', PRODUCT, 30, 'Status Code 401 => Not Valid Token', 'reason phrase is the usual "Unauthorized"',
    only401((a) => { a.reason = 'Unauthorized'; })],
  ['product-sku-not-required', 'create-product', 'required', PRODUCT, 19, 'ProductSKU | string | The SKU of the new product | Yes', 'a product without ProductSKU is created'],
  ['product-purchaser-always-required', 'create-product', 'condition', PRODUCT, 21, 'Yes – Only if client setting ‘Require SiteCost and Buyer/Purchaser while creating product’ is enabled', 'PurchaserId is demanded although the setting is off'],
  ['product-company-type-unchecked', 'create-product', 'wrong-type', PRODUCT, 17, 'CompanyId | int', 'CompanyId may be any text'],
  ['product-missing-token-accepted', 'create-product', 'credential', PRODUCT, 3, 'Be authenticated user', 'no Authorization header is needed'],
  ['product-answer-html', 'create-product', 'header', PRODUCT, 29, '200 => OK and order metadata in JSON format', 'Content-Type says text/html',
    good((a) => { a.headers['Content-Type'] = 'text/html; charset=utf-8'; })],
  ['product-content-length-short', 'create-product', 'framing', PRODUCT, 29, '200 => OK and order metadata in JSON format', 'Content-Length is one byte too small, so the JSON is cut off',
    good((a) => { a.lengthError = -1; })],

  // --- Sellercloud order
  ['order-reason-success', 'create-order', 'reason', ORDER, 164, 'response will be Status Code 200 => OK', 'reason phrase is "Success"',
    good((a) => { a.reason = 'Success'; })],
  ['order-empty-body', 'create-order', 'framing', ORDER, 164, 'Status Code 200 => OK and order metadata in JSON format', 'the 200 answer has an empty body',
    good((a) => { a.text = ''; })],
  ['order-invalid-chunk', 'create-order', 'framing', ORDER, 164, 'Status Code 200 => OK and order metadata in JSON format', 'the answer is chunked with a chunk size that is not hexadecimal',
    good((a) => { a.badChunk = true; })],
  ['order-email-not-required', 'create-order', 'required', ORDER, 58, 'FirstName, LastName and Email are mandatory fields.', 'CustomerDetails without Email is accepted'],
  ['order-company-not-required', 'create-order', 'required', ORDER, 88, 'ID of the company is mandatory.', 'OrderDetails without CompanyID is accepted'],
  ['order-channel-not-required', 'create-order', 'required', ORDER, 90, 'Channel is mandatory:', 'OrderDetails without Channel is accepted'],
  ['order-website-refused', 'create-order', 'condition', ORDER, 94, 'Website = 6', 'the Channel Website is refused'],
  ['order-wholesale-type-unchecked', 'create-order', 'wrong-type', ORDER, 52, '"IsWholesale": true', 'IsWholesale may be any text'],
  ['order-wrong-token-accepted', 'create-order', 'credential', ORDER, 165, 'If user is not authenticated, then response will be Status Code 401', 'any bearer token is good enough'],
  ['order-expired-token-accepted', 'create-order', 'credential', TOKEN, 16, '"Each Access Token will be valid for 60 minutes"', 'an expired token still works'],
  ['order-401-as-500', 'create-order', 'status', ORDER, 165, 'response will be Status Code 401 => Not Valid Token', 'answers 500 Internal Server Error',
    only401((a) => { a.status = 500; a.reason = undefined; })],

  // --- Sellercloud purchase order
  ['po-id-missing', 'create-purchase-order', 'missing-member', PO, 85, 'ID of the created purchase order is returned', 'answers {"Success": true} without the ID',
    good((a) => { a.body = { Success: true }; })],
  ['po-error-400', 'create-purchase-order', 'status', PO, 87, 'In case of error, response will be Status Code 500 => Internal Server Error', 'a refused purchase order gets 400 Bad Request',
    bad((a) => { if (a.status === 500) { a.status = 400; a.reason = undefined; } })],
  ['po-error-reason', 'create-purchase-order', 'reason', PO, 87, 'Status Code 500 => Internal Server Error', 'reason phrase of the 500 is "Error"',
    bad((a) => { if (a.status === 500) a.reason = 'Error'; })],
  ['po-vendor-not-required', 'create-purchase-order', 'required', PO, 21, 'VendorID | integer | PO vendor ID | true', 'a purchase order without VendorID is created'],
  ['po-casemode-type-unchecked', 'create-purchase-order', 'wrong-type', PO, 25, 'CaseQtyMode | bool', 'CaseQtyMode may be any text'],
  ['po-units-in-case-mode', 'create-purchase-order', 'condition', PO, 44, 'Should only be set if case quantity mode is set to false.', 'QtyUnitsOrdered is accepted in case quantity mode'],
  ['po-zero-units', 'create-purchase-order', 'condition', PO, 44, 'Should be greater than 0.', 'QtyUnitsOrdered 0 is accepted'],
  ['po-negative-unit-price', 'create-purchase-order', 'condition', PO, 47, 'Cannot be negative.', 'a negative UnitPrice is accepted'],
  ['po-billing-address-accepted', 'create-purchase-order', 'condition', PO, 66, 'Can only be provided if client setting ‘Enable BillTo address for Purchase Orders’ is enabled.', 'BillingAddress is accepted although the setting is off'],
  ['po-country-any-length', 'create-purchase-order', 'condition', PO, 76, 'Address.Country | string | Two letter country code', 'any text is accepted as Country'],
  ['po-null-refused', 'create-purchase-order', 'condition', PO, 33, 'Set to null or omit in the request if not needed.', 'VendorNote null is refused as "not a string"'],
  ['po-bearer-refused', 'create-purchase-order', 'credential', PO, 15, 'Authorization: Use Bearer Token', 'a good token gets 401 because only the scheme "Token" is known'],

  // --- Veeqo
  ['veeqo-status-200', 'veeqo-create-product', 'status', VEEQO, 147, 'Created', 'answers 200 OK',
    good((a) => { a.status = 200; })],
  ['veeqo-reason-ok', 'veeqo-create-product', 'reason', VEEQO, 147, 'Created', 'answers 201 with the reason phrase "OK"',
    good((a) => { a.reason = 'OK'; })],
  ['veeqo-id-string', 'veeqo-create-product', 'wrong-type', VEEQO, 154, 'number', 'the product id is a string',
    good((a) => { a.body.id = String(a.body.id); })],
  ['veeqo-price-string', 'veeqo-create-product', 'wrong-type', VEEQO, 707, '"price": 150,', 'the price of a sellable is a string, as the request sent it',
    good((a) => a.body.sellables.forEach((s) => { s.price = String(s.price); }))],
  ['veeqo-sku-missing', 'veeqo-create-product', 'missing-member', VEEQO, 308, 'required', 'sellables have no sku_code',
    good((a) => a.body.sellables.forEach((s) => { delete s.sku_code; }))],
  ['veeqo-margin-of-cost', 'veeqo-create-product', 'wrong-value', VEEQO, 720, '"margin": 33.33,', 'margin is the share of the cost price (50), not of the price (33.33)',
    good((a) => a.body.sellables.forEach((s) => { s.margin = s.cost_price ? Math.round(s.profit / s.cost_price * 1e4) / 100 : 0; }))],
  ['veeqo-created-at-epoch', 'veeqo-create-product', 'wrong-type', VEEQO, 169, 'string format: date-time', 'created_at is a number of milliseconds',
    good((a) => { a.body.created_at = Date.parse(a.body.created_at); })],
  ['veeqo-only-first-variant', 'veeqo-create-product', 'wrong-value', VEEQO, 8, 'Create a new product with one or more product variants.', 'only the first variant is created',
    good((a) => { a.body.sellables = a.body.sellables.slice(-1); })],
  ['veeqo-title-not-required', 'veeqo-create-product', 'required', VEEQO, 12, 'required', 'a product without title is created'],
  ['veeqo-sku-not-required', 'veeqo-create-product', 'required', VEEQO, 55, 'required', 'a variant without sku_code is created'],
  ['veeqo-price-type-unchecked', 'veeqo-create-product', 'wrong-type', VEEQO, 53, 'number', 'a variant price may be any text (it becomes 0)'],
  ['veeqo-content-length-characters', 'veeqo-create-product', 'framing', VEEQO, 149, 'object', 'Content-Length counts characters, not bytes: an answer with an accented letter is cut off',
    good((a) => { const t = JSON.stringify(a.body); a.lengthError = t.length - Buffer.byteLength(t); })],

  // --- Seller Center
  ['center-status-ok', 'sellercenter-create-products', 'wrong-value', CENTER, 326, '"status":"success"', 'status is "ok"',
    success((r) => { r.status = 'ok'; })],
  ['center-id-number', 'sellercenter-create-products', 'wrong-type', CENTER, 330, '"id":"468012"', 'the product id is a number',
    success((r) => { r.product.id = Number(r.product.id); })],
  ['center-sku-missing', 'sellercenter-create-products', 'missing-member', CENTER, 329, '"sku":"AK011MEAJPZTABCDE-468012"', 'product has no sku',
    success((r) => { delete r.product.sku; })],
  ['center-updated-at-iso', 'sellercenter-create-products', 'wrong-value', CENTER, 332, '"updated_at":"2015-08-20 14:25:42"', 'updated_at has T and Z',
    success((r) => { r.product.updated_at = r.product.updated_at.replace(' ', 'T') + 'Z'; })],
  ['center-failure-message', 'sellercenter-create-products', 'wrong-value', CENTER, 407, '"message": "No attribute set specified"', 'the message is "Invalid product"',
    failure((r) => { r.error.message = 'Invalid product'; })],
  ['center-failure-code-string', 'sellercenter-create-products', 'wrong-type', CENTER, 408, '"code": 0', 'the error code is a string',
    failure((r) => { r.error.code = String(r.error.code); })],
  ['center-id-not-echoed', 'sellercenter-create-products', 'wrong-value', CENTER, 336, '"id":1', 'the id of the call is always null',
    good((a) => a.body.forEach((call) => { call.id = null; }))],
  ['center-attribute-set-not-required', 'sellercenter-create-products', 'required', CENTER, 407, '"message": "No attribute set specified"', 'a product without attribute_set is created'],
  ['center-approval-any', 'sellercenter-create-products', 'condition', CENTER, 105, '2 - product is rejected.', 'approval_status 3 is accepted'],
  ['center-variations-not-grouped', 'sellercenter-create-products', 'condition', CENTER, 442, 'All the variations having same productset needs to be grouped as a single product.', 'each variation of a product_set gets a config_id of its own'],
];

// ---------------------------------------------------------------- options
const options = {
  port: 0, user: 'shop-user', password: 'shop-pass-1', key: 'shop-key-1',
  'expired-token': 'EXPIRED.EXPIRED.EXPIRED', 'token-lifetime': 3600, duplicates: 'refuse',
};
// Client settings named in the Sellercloud documents. All off here.
const settings = { 'require-site-cost': false, 'require-manufacturer': false, 'force-delivery-date': false, 'multi-discount': false, 'bill-to': false };
const bugs = new Set();
const bug = (name) => bugs.has(name);

const HELP = `node node_server.mjs [options]
  --port N               0 = any free port (0)
  --user NAME            user of the Sellercloud token call and the Seller Center auth call (${options.user})
  --password TEXT        its password (${options.password})
  --key TEXT             Veeqo x-api-key; '' = none wanted (${options.key})
  --expired-token TEXT   a Sellercloud token that is known but expired (${options['expired-token']})
  --token-lifetime SECS  life of a Sellercloud token (3600)
  --duplicates MODE      refuse|accept a second ProductSKU / OrderSourceOrderID of a company (refuse)
  --setting NAME=on|off  client setting (repeatable); all off by default:
                         ${Object.keys(settings).join(', ')}
  --bug NAME             switch on one defect (repeatable)
  --list-bugs            print all defects, tab-separated
  --help`;

function stop(text, code = 2) { (code ? console.error : console.log)(text); process.exit(code); }

const args = process.argv.slice(2);
while (args.length) {
  const [name, inline] = args.shift().split(/=(.*)/s); // --port=8080 and --port 8080 are the same
  if (name === '--help') stop(HELP, 0);
  if (name === '--list-bugs') stop(BUGS.map(([n, op, cls, file, line, quote, wrong]) => [n, op, cls, `${file}:${line}`, quote, wrong].join('\t')).join('\n'), 0);
  const value = inline ?? args.shift();
  if (value === undefined) stop(`${name} needs a value`);
  if (name === '--bug') {
    if (!BUGS.some((row) => row[0] === value)) stop(`unknown bug ${value}`);
    bugs.add(value);
  } else if (name === '--setting') {
    const [key, state] = value.split('=');
    if (!(key in settings) || !['on', 'off'].includes(state)) stop(`unknown setting ${value}`);
    settings[key] = state === 'on';
  } else if (name.startsWith('--') && name.slice(2) in options) options[name.slice(2)] = value;
  else stop(`unknown option ${name}\n${HELP}`);
}

// ---------------------------------------------------------------- answers and checks
class Answer extends Error { // thrown for failures, returned for successes
  constructor(status, body, reason, headers = {}) { super(); Object.assign(this, { status, body, reason, headers }); }
}
const ok = (body) => new Answer(200, body);

const types = {
  int: Number.isInteger,
  decimal: Number.isFinite,
  string: (v) => typeof v === 'string',
  bool: (v) => typeof v === 'boolean',
  object: (v) => typeof v === 'object' && v !== null && !Array.isArray(v),
  list: Array.isArray,
  any: () => true,
};
const given = (v) => v !== undefined && v !== null; // null counts as "not sent" (…purchase-order.txt:27)

// fields: {Name: 'type'} with '!' for required. Adds texts to errors: {field: [text]}.
function check(errors, where, object, fields) {
  for (const [name, type] of Object.entries(fields)) {
    const value = object[name], kind = type.replace('!', '');
    const fail = (text) => { errors[where + name] = [text]; };
    if (!given(value)) { if (type.endsWith('!')) fail('is required'); }
    else if (!types[kind](value)) fail(`must be of type ${kind}`);
    else if (type === 'string!' && value.trim() === '') fail('must not be empty');
  }
}
const required = (type, unless) => (bug(unless) ? type : type + '!');
const typed = (type, unless) => (bug(unless) ? (type.endsWith('!') ? 'any!' : 'any') : type);

function contentType(req) { return (req.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase(); }

function json(req, status = 400) {
  if (contentType(req) !== 'application/json') throw new Answer(415, { Message: 'Content-Type must be application/json' });
  try { return JSON.parse(req.text); } catch { throw new Answer(status, { Message: 'Request body is not valid JSON' }); }
}

// ---------------------------------------------------------------- Sellercloud: token
const tokens = new Map([[options['expired-token'], 0]]); // token -> time it expires, in ms

function createToken(req) {
  if (bug('token-authorization-checked') && req.headers.authorization) authenticate(req, 'token');
  const form = contentType(req) === 'application/x-www-form-urlencoded'; // token-facts:9
  if (form && bug('token-form-refused')) throw new Answer(415, { Message: 'Content-Type must be application/json' });
  if (contentType(req) === 'text/json') req.headers['content-type'] = 'application/json'; // token-facts:9
  const sent = form ? Object.fromEntries(new URLSearchParams(req.text)) : json(req);
  if (!types.object(sent)) throw new Answer(400, { Message: 'An object is expected' });
  const wanted = bug('token-keys-case-sensitive') ? (k) => k : (k) => k.toLowerCase(); // token-facts:11
  const find = (name) => Object.entries(sent).find(([k]) => wanted(k) === wanted(name))?.[1];
  const body = { Username: find('Username'), Password: find('Password') };
  const errors = {};
  check(errors, '', body, { Username: 'string!', Password: required('string', 'token-password-not-required') });
  if (Object.keys(errors).length) throw new Answer(400, { Message: 'Validation failed', Errors: errors });

  const passwordGood = body.Password === options.password || bug('token-wrong-password-accepted')
    || (bug('token-password-not-required') && !given(body.Password));
  if (body.Username !== options.user || !passwordGood)
    throw new Answer(401, { Message: 'Sorry, invalid username or password' }); // token-facts:19
  const life = Number(options['token-lifetime']), issued = Date.now();
  const token = [12, 18, 24].map((n) => randomBytes(n).toString('base64url')).join('.'); // three parts, token-facts:17
  tokens.set(token, issued + life * 1000);
  return ok({
    access_token: token, token_type: 'Bearer', username: options.user, expires_in: life,
    '.issued': new Date(issued).toISOString(), '.expires': new Date(issued + life * 1000).toISOString(),
  });
}

// One and the same answer for a missing, unknown or expired token (token-facts:28).
function authenticate(req, op) {
  const header = req.headers.authorization;
  if (bug('product-missing-token-accepted') && op === 'create-product' && !header) return;
  const scheme = bug('po-bearer-refused') && op === 'create-purchase-order' ? 'Token' : 'Bearer';
  const token = header?.match(new RegExp(`^${scheme} +(\\S+)$`, 'i'))?.[1];
  const expires = tokens.get(token);
  const valid = expires > Date.now()
    || (op === 'create-order' && token && bug('order-wrong-token-accepted') && expires === undefined)
    || (op === 'create-order' && bug('order-expired-token-accepted') && expires !== undefined);
  if (!valid) throw new Answer(401, { Message: 'Not Valid Token' }, 'Not Valid Token'); // …create-order.txt:165
}

// Authenticate, read, check. status is the answer to a refused body.
function sellercloudBody(req, op, status, checker) {
  authenticate(req, op);
  const body = json(req, status);
  if (!types.object(body)) throw new Answer(status, { Message: 'An object is expected' });
  const errors = {};
  checker(body, errors);
  if (Object.keys(errors).length) throw new Answer(status, { Message: 'Validation failed', Errors: errors });
  return body;
}

const products = new Map(), orders = new Map(), purchaseOrders = new Map();
let nextOrder = 9_000_000_001, nextPO = 5_000_000_001; // larger than 32 bits on purpose

// ---------------------------------------------------------------- Sellercloud: product (create-product.txt:16-27)
function createProduct(req) {
  const purchase = settings['require-site-cost'] ? '!' : '', maker = settings['require-manufacturer'] ? '!' : '';
  const body = sellercloudBody(req, 'create-product', 400, (b, errors) => check(errors, '', b, {
    CompanyId: typed('int!', 'product-company-type-unchecked'),
    ProductName: 'string!',
    ProductSKU: required('string', 'product-sku-not-required'),
    ProductTypeName: 'string!',
    PurchaserId: bug('product-purchaser-always-required') ? 'int!' : 'int' + purchase,
    SiteCost: 'decimal' + purchase,
    DefaultPrice: 'decimal' + purchase,
    ManufacturerId: 'int' + maker,
    AutoAssignUPC: 'bool', ProductNotes: 'string', UPC: 'string',
  }));
  if (options.duplicates === 'refuse' && products.has(body.ProductSKU))
    throw new Answer(500, `Product ${body.ProductSKU} already exists`);
  const product = { ID: body.ProductSKU, CreatedOn: new Date().toISOString(), ...body };
  products.set(body.ProductSKU, product);
  return ok(product);
}

// ---------------------------------------------------------------- Sellercloud: order (create-order.txt:38-160)
const CHANNELS = { Local_Store: 0, Website: 6 }; // create-order.txt:92-94, by name or by number
const NOTE_CATEGORIES = ['General', 'Customer_Instructions', 'Customer_Service_Note']; // create-order.txt:172

function createOrder(req) {
  const body = sellercloudBody(req, 'create-order', 400, (b, errors) => {
    check(errors, '', b, {
      CustomerDetails: 'object!', OrderDetails: 'object!', ShippingAddress: 'object', BillingAddress: 'object',
      ShippingMethodDetails: 'object', PaymentDetails: 'object', Notes: 'object', Products: 'list', GiftDetails: 'object',
    });
    if (types.object(b.CustomerDetails)) check(errors, 'CustomerDetails.', b.CustomerDetails, {
      FirstName: 'string!', LastName: 'string!', Email: required('string', 'order-email-not-required'),
      ID: 'int', Business: 'string', IsWholesale: typed('bool', 'order-wholesale-type-unchecked'),
    });
    if (types.object(b.OrderDetails)) {
      check(errors, 'OrderDetails.', b.OrderDetails, {
        CompanyID: required('int', 'order-company-not-required'), Channel: required('any', 'order-channel-not-required'),
        MarketingSource: 'int', SalesRepresentative: 'int', TaxExempt: 'bool', GiftOrder: 'bool', OrderSourceOrderID: 'string',
      });
      const { Channel: channel } = b.OrderDetails;
      let known = Object.entries(CHANNELS).some((pair) => pair.includes(channel));
      if (bug('order-website-refused') && [6, 'Website'].includes(channel)) known = false;
      if (given(channel) && !known) errors['OrderDetails.Channel'] = ['must be Local_Store (0) or Website (6)'];
    }
    const category = b.Notes?.Category;
    if (given(category) && !NOTE_CATEGORIES.some((name, i) => category === name || category === i))
      errors['Notes.Category'] = ['is not an order note category'];
    if (Array.isArray(b.Products) && !b.Products.every(types.object)) errors.Products = ['must be a list of objects'];
  });
  const { CompanyID, Channel, OrderSourceOrderID } = body.OrderDetails;
  const twin = [...orders.values()].some((o) => o.OrderDetails.CompanyID === CompanyID && o.OrderDetails.OrderSourceOrderID === OrderSourceOrderID);
  if (options.duplicates === 'refuse' && given(OrderSourceOrderID) && twin) // token-facts:33 and 50
    throw new Answer(500, `Order with OrderSourceOrderID ${OrderSourceOrderID} already exists`);
  const order = { ID: nextOrder++, CompanyID, Channel, CreatedOn: new Date().toISOString(), ...body };
  orders.set(String(order.ID), order);
  return ok(order);
}

// ---------------------------------------------------------------- Sellercloud: purchase order (create-purchase-order.txt:19-83)
function checkAddress(errors, where, address) {
  if (!given(address)) return;
  if (!types.object(address)) { errors[where] = ['must be of type object']; return; }
  check(errors, where + '.', address, Object.fromEntries(['FirstName', 'LastName', 'MiddleName', 'ZipCode', 'City', 'Business',
    'AddressLine1', 'AddressLine2', 'Fax', 'Region', 'State', 'Phone'].map((name) => [name, 'string'])));
  check(errors, where + '.', address, { Country: 'string!' });
  if (types.string(address.Country) && !/^[A-Z]{2}$/i.test(address.Country) && !bug('po-country-any-length'))
    errors[where + '.Country'] = ['must be a two letter country code'];
}

function checkItem(errors, where, item, caseMode) {
  if (!types.object(item)) { errors[where] = ['must be of type object']; return; }
  check(errors, where + '.', item, {
    ProductID: 'string!', QtyUnitsOrdered: 'int', UnitPrice: 'decimal', QtyCasesOrdered: 'int', QtyUnitsPerCase: 'int',
    CasePrice: 'decimal', DiscountType: 'string', DiscountValue: 'decimal', WarehouseID: 'int', ItemNotes: 'string',
  });
  const fail = (name, text) => { errors[`${where}.${name}`] = [text]; };
  const forbidden = caseMode ? ['QtyUnitsOrdered', 'UnitPrice'] : ['QtyCasesOrdered', 'QtyUnitsPerCase', 'CasePrice'];
  for (const name of forbidden) { // lines 44, 47, 50, 53, 56
    if (name === 'QtyUnitsOrdered' && bug('po-units-in-case-mode')) continue;
    if (given(item[name])) fail(name, `must not be set when CaseQtyMode is ${caseMode}`);
  }
  for (const name of ['QtyUnitsOrdered', 'QtyCasesOrdered', 'QtyUnitsPerCase']) {
    const zeroGood = name === 'QtyUnitsOrdered' && bug('po-zero-units') && item[name] === 0;
    if (given(item[name]) && item[name] <= 0 && !zeroGood) fail(name, 'must be greater than 0');
  }
  for (const name of ['UnitPrice', 'CasePrice'])
    if (item[name] < 0 && !(name === 'UnitPrice' && bug('po-negative-unit-price'))) fail(name, 'must not be negative');
  for (const name of ['DiscountType', 'DiscountValue']) // lines 59 and 62
    if (given(item[name]) && settings['multi-discount']) fail(name, 'must not be set while Multi Discount is enabled');
  if (given(item.DiscountType) && !['FixedAmount', 'Percentage'].includes(item.DiscountType)) fail('DiscountType', 'is unknown');
}

function createPurchaseOrder(req) {
  const body = sellercloudBody(req, 'create-purchase-order', 500, (b, errors) => { // every error is 500: line 87
    check(errors, '', b, {
      CompanyID: 'int!', VendorID: required('int', 'po-vendor-not-required'), POType: 'string!',
      CaseQtyMode: typed('bool!', 'po-casemode-type-unchecked'),
      DefaultWarehouseID: 'int', Description: 'string', VendorNote: 'string', PaymentTermID: 'int',
      ExpectedDeliveryDate: 'string', Products: 'list!',
    });
    if (bug('po-null-refused') && b.VendorNote === null) errors.VendorNote = ['must be of type string'];
    if (types.string(b.POType) && b.POType !== 'PurchaseOrder') errors.POType = ['is unknown'];
    if (types.string(b.ExpectedDeliveryDate)) { // line 38
      if (Number.isNaN(Date.parse(b.ExpectedDeliveryDate))) errors.ExpectedDeliveryDate = ['must be a date'];
      if (!settings['force-delivery-date']) errors.ExpectedDeliveryDate = ['must not be set while the client setting is off'];
    }
    if (Array.isArray(b.Products)) {
      if (!b.Products.length) errors.Products = ['must have at least one item'];
      b.Products.forEach((item, i) => checkItem(errors, `Products[${i}]`, item, b.CaseQtyMode));
    }
    // The table says Product.BillingAddress (lines 65, 68), the example has both addresses at the top: check both places.
    const places = [['', b], ...(Array.isArray(b.Products) ? b.Products.map((p, i) => [`Products[${i}].`, p]) : [])];
    for (const [where, holder] of places) {
      checkAddress(errors, where + 'ShippingAddress', holder?.ShippingAddress);
      checkAddress(errors, where + 'BillingAddress', holder?.BillingAddress);
      if (given(holder?.BillingAddress) && !settings['bill-to'] && !bug('po-billing-address-accepted'))
        errors[where + 'BillingAddress'] = ['must not be set while the client setting is off'];
    }
  });
  const ID = nextPO++;
  purchaseOrders.set(String(ID), { ID, CreatedOn: new Date().toISOString(), ...body });
  return ok({ ID });
}

// ---------------------------------------------------------------- Veeqo (veeqo-create-product.txt)
const VEEQO_USER = 23005, WAREHOUSE = 22668;
const veeqoProducts = new Map();
let nextVeeqo = 8_636_420_000, nextSellable = 14_144_702_000, nextImage = 11_499_439_000;

function veeqoKey(req) { // the document is silent; real Veeqo wants this header
  if (options.key !== '' && req.headers['x-api-key'] !== options.key) throw new Answer(401, { error: 'Invalid or missing x-api-key' });
}

// The example request sends numbers as strings and "" for none (lines 106, 113-117), so both are numbers here.
const isNumeric = (v) => Number.isFinite(v) || (types.string(v) && v.trim() !== '' && Number.isFinite(Number(v)));
const number = (v, otherwise = 0) => (isNumeric(v) ? Number(v) : otherwise);

function checkVeeqo(errors, where, object, strings, numbers) {
  check(errors, where, object, strings);
  for (const name of numbers) {
    const value = object[name];
    if (given(value) && value !== '' && !isNumeric(value)) errors[where + name] = ['is not a number'];
  }
}

function veeqoCreateProduct(req) {
  veeqoKey(req);
  const body = json(req), p = body?.product;
  if (!types.object(p)) throw new Answer(422, { errors: { product: ['is required'] } });
  const errors = {};
  checkVeeqo(errors, '', p, {
    title: required('string', 'veeqo-title-not-required'), description: 'string', notes: 'string', product_brand_id: 'string',
    product_variants_attributes: 'list!', images_attributes: 'list',
  }, ['estimated_delivery']);
  if (p.product_variants_attributes?.length === 0) errors.product_variants_attributes = ['must have one or more variants']; // line 8
  const each = (list, name, fn) => Array.isArray(list) && list.forEach((item, i) =>
    (types.object(item) ? fn(item, `${name}[${i}].`) : errors[`${name}[${i}]`] = ['must be of type object']));
  each(p.product_variants_attributes, 'product_variants_attributes', (v, where) => {
    checkVeeqo(errors, where, v, {
      title: 'string!', sku_code: required('string', 'veeqo-sku-not-required'), upc_code: 'string', model_number: 'string',
    }, ['weight_grams', 'min_reorder_level', 'quantity_to_reorder', 'tax_rate', 'cost_price']);
    if (!given(v.price) || v.price === '') errors[where + 'price'] = ['is required'];
    else if (!isNumeric(v.price) && !bug('veeqo-price-type-unchecked')) errors[where + 'price'] = ['is not a number'];
  });
  each(p.images_attributes, 'images_attributes', (image, where) => {
    checkVeeqo(errors, where, image, { src: 'string' }, ['display_position']);
    if (types.string(image.src) && !URL.canParse(image.src)) errors[where + 'src'] = ['is not a URL'];
  });
  if (Object.keys(errors).length) throw new Answer(422, { errors });

  const product = veeqoProduct(p, new Date().toISOString());
  veeqoProducts.set(String(product.id), product);
  return new Answer(201, product, undefined, { Location: `/products/${product.id}` }); // line 147: Created
}

// Builds the answer of the example, lines 655-947.
function veeqoProduct(p, now) {
  const id = nextVeeqo++;
  const images = (p.images_attributes ?? []).map((image, i) => ({
    id: nextImage++, binary_data: null, content_type: null, display_position: number(image.display_position, i + 1),
    created_by_id: null, updated_by_id: null, deleted_at: null, deleted_by_id: null, created_at: now, updated_at: now,
    src: image.src ?? null, product_id: id, picture_file_name: null, picture_content_type: null, picture_file_size: null,
    picture_updated_at: null, picture_order: 9999,
  }));
  const main = images[0] ?? null, src = main?.src ?? null;
  const inner = {
    id, title: p.title, weight: 0, origin_country: null, hs_tariff_number: null, tax_rate: 0, main_image: main,
    estimated_delivery: number(p.estimated_delivery, null), deleted_at: null, deleted_by_id: null,
    description: p.description ?? '', main_image_src: src,
  };
  const sellables = p.product_variants_attributes.map((v) => veeqoSellable(v, inner, now)).reverse(); // newest first: lines 701, 819
  const brand = p.product_brand_id
    ? { id: number(p.product_brand_id), name: `Brand ${p.product_brand_id}`, display_position: 1, products_count: 1 } : null;
  return {
    id, title: p.title, created_by_id: VEEQO_USER, created_at: now, weight: 0, origin_country: null, deleted_at: null,
    deleted_by_id: null, hs_tariff_number: null, notes: p.notes ?? '', product_tax_rate_id: null, tax_rate: 0, updated_at: now,
    updated_by_id: VEEQO_USER, web_meta_description: '', web_meta_keywords: '', web_meta_title: '', web_page_title: '',
    web_page_url: '', main_image: main, estimated_delivery: inner.estimated_delivery, hazmat: false, total_quantity_sold: 0, brand,
    sellables, channel_products: [], active_channels: [], tags: [], image: src, description: inner.description, on_hand_value: 0,
    main_image_src: src, total_allocated_stock_level: 0, total_available_stock_level: 0, total_stock_level: 0,
    inventory: { infinite: false },
  };
}

function veeqoSellable(v, product, now) {
  const id = nextSellable++, price = number(v.price), cost = number(v.cost_price), weight = number(v.weight_grams);
  const warehouse = {
    id: WAREHOUSE, name: 'My Warehouse', user_id: null, address_line_1: '', address_line_2: '', city: '', region: '', country: null,
    post_code: '', inventory_type_code: 'wavg', default_min_reorder: 0, click_and_collect_enabled: false, click_and_collect_days: null,
    created_by_id: VEEQO_USER, updated_by_id: null, deleted_at: null, deleted_by_id: null, created_at: '2017-07-04T09:40:37.539Z',
    updated_at: '2017-07-04T09:40:37.539Z', phone: null, requested_carrier_account: null,
  };
  return {
    total_quantity_sold: 0, allocated_stock_level_at_all_warehouses: 0, id, type: 'ProductVariant', title: v.title,
    sku_code: v.sku_code ?? '', upc_code: v.upc_code ?? '', model_number: v.model_number ?? '', price, cost_price: cost,
    min_reorder_level: number(v.min_reorder_level), quantity_to_reorder: number(v.quantity_to_reorder), created_by_id: VEEQO_USER,
    created_at: now, updated_at: now, weight_grams: weight, weight_unit: 'g', // "g" although the request says "kg": lines 121, 833
    product_title: product.title, full_title: `${product.title} ${v.title}`, sellable_title: v.title, profit: price - cost,
    margin: price ? Math.round((price - cost) / price * 1e4) / 100 : 0, // lines 719-720
    tax_rate: number(v.tax_rate), product,
    stock_entries: [{
      sellable_id: id, warehouse_id: WAREHOUSE, infinite: false, allocated_stock_level: 0, warehouse, location: null,
      stock_running_low: true, updated_at: now, incoming_stock_level: 0, physical_stock_level: 0, available_stock_level: 0,
      sellable_on_hand_value: 0,
    }],
    variant_option_specifics: [], variant_property_specifics: [],
    measurement_attributes: { id: id - 1_557_079, width: 0, height: 0, depth: 0, dimensions_unit: 'cm' },
    images: [], active_channels: [], channel_sellables: [], available_stock_level_at_all_warehouses: 0,
    stock_level_at_all_warehouses: 0, on_hand_value: 0,
    inventory: {
      infinite: false, physical_stock_level_at_all_warehouses: 0, allocated_stock_level_at_all_warehouses: 0,
      available_stock_level_at_all_warehouses: 0, incoming_stock_level_at_all_warehouses: 0,
    },
    weight,
  };
}

// ---------------------------------------------------------------- Seller Center (sellercenter-create-products.txt)
const centerProducts = new Map(), configOfSet = new Map(); // configOfSet: product_set -> config_id (lines 442, 446)
let nextCenter = 468_012_000_000, nextConfig = 453_593_000_000;
const centerFailure = (message) => ({ status: 'failure', error: { message, code: 0 } }); // lines 404-412

function sellerCenter(req) {
  const batch = json(req);
  if (!Array.isArray(batch) || !batch.length) throw new Answer(400, { message: 'A non-empty batch (JSON list) is expected' });
  let loggedIn = false;
  const answers = [];
  for (const call of batch) {
    const id = call?.id ?? null;
    const error = (message, code) => answers.push({ api: 1, error: { message, code }, id });
    if (!types.object(call) || call.api !== 1) { error('Unsupported api version, use 1', -32600); continue; }
    const params = types.object(call.params) ? call.params : {};
    if (call.method === 'auth') { // lines 10-18; the answer example has no element for it, so none is sent
      loggedIn = params.username === options.user && params.password === options.password;
    } else if (!loggedIn) answers.push({ api: 1, result: [centerFailure('Access denied')], id });
    else if (call.method === 'Product.createProducts') {
      if (!Array.isArray(params.productsInfo)) error('productsInfo must be a list', -32602);
      else answers.push({ api: 1, result: params.productsInfo.map(centerCreate), id });
    } else if (call.method === 'Product.getProduct') { // not documented: our read operation
      const product = centerProducts.get(String(params.id));
      if (product) answers.push({ api: 1, result: product, id }); else error('No such product', 404);
    } else error('Method not found', -32601);
  }
  return ok(answers);
}

function centerCreate(p) {
  if (!types.object(p)) return centerFailure('Product data must be an object');
  if (!given(p.attribute_set) || p.attribute_set === '') {
    if (!bug('center-attribute-set-not-required')) return centerFailure('No attribute set specified'); // line 407
  } else if (!/^\d+$/.test(p.attribute_set)) return centerFailure('attribute_set must be an integer'); // "1" or 23: lines 26, 111

  // The table spells some names without underscores (lines 213, 229, 269), the example with: take both.
  const from = p.special_from_date ?? p.specialfromdate, to = p.special_to_date ?? p.specialtodate;
  const matrix = p.shipment_matrix_template ?? p.shipmentmatrixtemplate;
  const errors = {};
  check(errors, '', { ...p, from, to, matrix }, {
    seller_sku: 'string!', title: 'string!', price: 'string!', product_set: 'string!',
    approval_status: 'int', brand: 'string', primary_category: 'string', categories: 'list', config_id: 'string',
    description: 'string', platform_identifier: 'string', seller: 'string', shipment_type: 'string', special_price: 'string',
    from: 'string', to: 'string', matrix: 'list', status: 'string', stock: 'int', tax_class: 'string', country_city: 'string',
    group_name: 'string', listing_type: 'string', product_identifier: 'string', rsin: 'string',
  });
  const [wrong] = Object.entries(errors);
  if (wrong) return centerFailure(`${wrong[0]} ${wrong[1]}`);
  if (given(p.attributes) && typeof p.attributes !== 'object') return centerFailure('attributes must be a key/value array');
  if (given(p.approval_status) && ![0, 1, 2].includes(p.approval_status) && !bug('center-approval-any'))
    return centerFailure('approval_status must be 0, 1 or 2'); // lines 103-105
  if (given(p.shipment_type) && !['1', '2', '3'].includes(p.shipment_type)) return centerFailure('shipment_type must be 1, 2 or 3'); // lines 209-211
  if (given(p.status) && !['active', 'inactive', 'deleted'].includes(p.status)) return centerFailure('status is unknown'); // line 243
  for (const date of [from, to]) // lines 217, 233
    if (given(date) && !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(date)) return centerFailure('dates look like 2013-12-23 00:00:00');
  for (const amount of [p.price, p.special_price])
    if (given(amount) && !/^\d+(\.\d+)?$/.test(amount)) return centerFailure('prices look like 179.00');

  // With config_id: a new variation of an existing product (line 446). Without: same product_set, same product (line 442).
  const known = bug('center-variations-not-grouped') ? undefined : configOfSet.get(p.product_set);
  const config = p.config_id ?? known ?? String(nextConfig++);
  configOfSet.set(p.product_set, config);
  const id = String(nextCenter++);
  const product = {
    seller_sku: p.seller_sku, sku: `AK011MEAJPZTABCDE-${id}`, id, config_id: config,
    updated_at: new Date().toISOString().slice(0, 19).replace('T', ' '),
  };
  centerProducts.set(id, { ...p, ...product });
  return { status: 'success', product };
}

// ---------------------------------------------------------------- routes
const read = (store, what) => (req, key) => {
  if (!store.has(key)) throw new Answer(404, { Message: `${what} ${key} not found` });
  return ok(store.get(key));
};
const withToken = (handler) => (req, key) => { authenticate(req, 'read'); return handler(req, key); };
const withKey = (handler) => (req, key) => { veeqoKey(req); return handler(req, key); };

const ROUTES = [ // Sellercloud paths: any letter case, trailing slash optional (token-facts:4)
  ['POST', /^\/rest\/api\/token\/?$/i, 'token', createToken],
  ['POST', /^\/rest\/api\/Products\/?$/i, 'create-product', createProduct],
  ['POST', /^\/rest\/api\/Orders\/?$/i, 'create-order', createOrder],
  ['POST', /^\/rest\/api\/PurchaseOrders\/?$/i, 'create-purchase-order', createPurchaseOrder],
  ['POST', /^\/products\/?$/, 'veeqo-create-product', veeqoCreateProduct],
  ['POST', /^\/(sellercenter\/?)?$/, 'sellercenter-create-products', sellerCenter],
  ['GET', /^\/rest\/api\/Products\/([^/]+)$/i, 'read', withToken(read(products, 'Product'))],
  ['GET', /^\/rest\/api\/Orders\/([^/]+)$/i, 'read', withToken(read(orders, 'Order'))],
  ['GET', /^\/rest\/api\/PurchaseOrders\/([^/]+)$/i, 'read', withToken(read(purchaseOrders, 'Purchase order'))],
  ['GET', /^\/products\/?$/, 'read', withKey(() => ok([...veeqoProducts.values()].reverse()))],
  ['GET', /^\/products\/([^/]+)$/, 'read', withKey(read(veeqoProducts, 'Product'))],
];

function route(req) {
  const path = req.url.split('?')[0];
  const here = ROUTES.filter(([, pattern]) => pattern.test(path));
  if (!here.length) return [undefined, () => { throw new Answer(404, { Message: `No such path: ${path}` }); }];
  const found = here.find(([method]) => method === req.method);
  if (found) return [found[2], () => found[3](req, decodeURIComponent(path.match(found[1])[1] ?? ''))];
  const Allow = here.map(([method]) => method).join(', ');
  return [undefined, () => { throw new Answer(405, { Message: `Use ${Allow}` }, undefined, { Allow }); }];
}

function send(res, op, answer) {
  // Bugs change a copy: the stored objects stay right.
  const a = { status: answer.status, reason: answer.reason, body: structuredClone(answer.body), headers: { 'Content-Type': 'application/json; charset=utf-8', ...answer.headers } };
  for (const [name, where, , , , , , spoil] of BUGS) if (spoil && where === op && bug(name)) spoil(a);
  const text = a.text ?? JSON.stringify(a.body);
  a.reason ??= http.STATUS_CODES[a.status];
  if (a.badChunk) { // written by hand, because node:http does not send wrong chunks
    res.socket.end(`HTTP/1.1 ${a.status} ${a.reason}\r\nContent-Type: ${a.headers['Content-Type']}\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n${text}\r\n0\r\n\r\n`);
    return;
  }
  a.headers['Content-Length'] = Buffer.byteLength(text) + (a.lengthError ?? 0);
  res.writeHead(a.status, a.reason, a.headers);
  res.end(text);
}

const server = http.createServer((req, res) => {
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    const [op, run] = route(req);
    let answer;
    try {
      const bytes = Buffer.concat(chunks);
      if (bytes.length > 4 * 1024 * 1024) throw new Answer(413, { Message: 'Request body over 4 MB' });
      req.text = bytes.toString('utf8');
      answer = run();
    } catch (error) {
      if (!(error instanceof Answer)) console.error(error);
      answer = error instanceof Answer ? error : new Answer(500, { Message: 'An error has occurred.' });
    }
    send(res, op, answer);
  });
});
server.listen(Number(options.port), '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));
