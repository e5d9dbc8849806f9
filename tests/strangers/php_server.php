#!/usr/bin/env php
<?php
// One small shop server with four documented APIs: Sellercloud (token, product, order, purchase order),
// Veeqo (POST /products) and Seller Center (Product.createProducts). State lives in memory, no read operations.
// Lenient where the documents are silent; every such choice is a row in CHOICES.md.
declare(strict_types=1);
error_reporting(E_ALL);
ini_set('display_errors', 'stderr');
date_default_timezone_set('UTC');

const TOKEN = 'sellercloud-token-facts.txt', PRODUCT = 'sellercloud-create-product.txt', ORDER = 'sellercloud-create-order.txt',
    PO = 'sellercloud-create-purchase-order.txt', VEEQO = 'veeqo-create-product.txt', CENTER = 'sellercenter-create-products.txt';

// ---------------------------------------------------------------- bugs
// Row: name, operation, class, document, line, quoted text, what is wrong, and for bugs in the answer a function
// that spoils it. Bugs in the checking of requests have no function: look for bug('name').
function good(callable $spoil): Closure { return function (Answer $a) use ($spoil) { if ($a->status < 400) $spoil($a); }; }
function bad(callable $spoil): Closure { return function (Answer $a) use ($spoil) { if ($a->status >= 400) $spoil($a); }; }
function only(int $status, callable $spoil): Closure { return function (Answer $a) use ($status, $spoil) { if ($a->status === $status) $spoil($a); }; }
// Runs on every product result of a Seller Center answer that has the member $has ("product" or "error").
function each_result(string $has, callable $spoil): Closure {
    return good(function (Answer $a) use ($has, $spoil) {
        foreach ($a->body as &$call) foreach ($call['result'] ?? [] as $i => $result)
            if (isset($result[$has])) { $spoil($result); $call['result'][$i] = $result; }
    });
}
function each_sellable(callable $spoil): Closure {
    return good(function (Answer $a) use ($spoil) { foreach ($a->body['sellables'] as &$s) $spoil($s); });
}

function bug_table(): array { return [
    // --- token
    ['token-username-missing', 'token', 'missing-member', TOKEN, 14, 'username: string', 'username is left out',
        good(function ($a) { unset($a->body['username']); })],
    ['token-type-jwt', 'token', 'wrong-value', TOKEN, 14, 'token_type: string ("Bearer")', 'token_type is "JWT"',
        good(function ($a) { $a->body['token_type'] = 'JWT'; })],
    ['token-expires-in-minutes', 'token', 'wrong-value', TOKEN, 15, '`.expires = .issued + expires_in`', 'expires_in counts minutes, so it no longer fits .issued and .expires',
        good(function ($a) { $a->body['expires_in'] /= 60; })],
    ['token-issued-epoch', 'token', 'wrong-type', TOKEN, 14, '".issued": date-time', '.issued is a number of seconds',
        good(function ($a) { $a->body['.issued'] = strtotime($a->body['.issued']); })],
    ['token-answer-html', 'token', 'header', TOKEN, 9, 'produces `application/json`, `text/json`', 'Content-Type says text/html, the default of PHP',
        good(function ($a) { $a->headers['Content-Type'] = 'text/html; charset=UTF-8'; })],
    ['token-form-not-read', 'token', 'condition', TOKEN, 9, 'consumes `application/json`, `text/json`, `application/x-www-form-urlencoded`', 'form fields are taken as missing'],
    ['token-lower-case-not-read', 'token', 'condition', TOKEN, 11, 'Keys are matched case-insensitively', 'lower-case username/password are taken as missing'],
    ['token-username-not-required', 'token', 'required', TOKEN, 10, 'Username: string (required)', 'a body with the password alone gets a token'],
    ['token-wrong-password-accepted', 'token', 'credential', TOKEN, 19, 'Wrong credentials: non-200', 'a known user gets a token with any password'],
    ['token-wrong-password-200', 'token', 'status', TOKEN, 19, 'Wrong credentials: non-200', 'wrong credentials get 200 with the error message',
        only(400, function ($a) { if (!isset($a->body['ModelState'])) { $a->status = 200; $a->reason = 'OK'; } })],

    // --- Sellercloud product
    ['product-type-not-required', 'create-product', 'required', PRODUCT, 20, 'ProductTypeName | string | The Type Name of the new product | Yes', 'a product without ProductTypeName is created'],
    ['product-company-not-required', 'create-product', 'required', PRODUCT, 17, 'CompanyId | int | Information about the company. | Yes', 'a product without CompanyId is created'],
    ['product-manufacturer-always-required', 'create-product', 'condition', PRODUCT, 24, 'Yes – Only if client setting ‘Require Manufacturer when creating Product’ is enabled', 'ManufacturerId is demanded although the setting is off'],
    ['product-upc-type-unchecked', 'create-product', 'wrong-type', PRODUCT, 25, 'AutoAssignUPC | bool', 'AutoAssignUPC may be any text'],
    ['product-wrong-token-accepted', 'create-product', 'credential', PRODUCT, 30, 'If user is not authenticated, then response will be Status Code 401', 'only the presence of a bearer token is looked at'],
    ['product-401-reason', 'create-product', 'reason', PRODUCT, 30, 'Status Code 401 => Not Valid Token', 'reason phrase is the usual "Unauthorized"',
        only(401, function ($a) { $a->reason = 'Unauthorized'; })],
    ['product-error-reason', 'create-product', 'reason', PRODUCT, 31, 'Status Code 500 => Internal Server Error', 'reason phrase of the 500 is "Server Error"',
        only(500, function ($a) { $a->reason = 'Server Error'; })],
    ['product-status-201', 'create-product', 'status', PRODUCT, 29, 'response will be Status Code 200 => OK', 'answers 201 Created',
        good(function ($a) { $a->status = 201; $a->reason = 'Created'; })],
    ['product-warning-in-body', 'create-product', 'framing', PRODUCT, 29, 'order metadata in JSON format', 'a PHP warning stands before the JSON',
        good(function ($a) { $a->before = "<br />\n<b>Warning</b>:  Undefined array key \"UPC\" in <b>/var/www/product.php</b> on line <b>41</b><br />\n"; })],
    ['product-chunk-size-wrong', 'create-product', 'framing', PRODUCT, 29, 'order metadata in JSON format', 'the size of the first chunk is one too large',
        good(function ($a) { $a->framing = 'chunk-size'; })],

    // --- Sellercloud order
    ['order-lastname-not-required', 'create-order', 'required', ORDER, 58, 'FirstName, LastName and Email are mandatory fields.', 'CustomerDetails without LastName is accepted'],
    ['order-channel-not-required', 'create-order', 'required', ORDER, 90, 'Channel is mandatory:', 'OrderDetails without Channel is accepted'],
    ['order-channel-zero-refused', 'create-order', 'condition', ORDER, 92, 'Local_Store = 0,', 'the Channel 0 is taken as missing (PHP empty())'],
    ['order-channel-any', 'create-order', 'condition', ORDER, 94, 'Website = 6', 'any Channel is accepted, like 5 or "Shop"'],
    ['order-company-type-unchecked', 'create-order', 'wrong-type', ORDER, 70, '"CompanyID": 0,', 'CompanyID may be any text'],
    ['order-missing-token-500', 'create-order', 'credential', ORDER, 165, 'If user is not authenticated, then response will be Status Code 401', 'a call without Authorization gets 500'],
    ['order-expired-token-accepted', 'create-order', 'credential', TOKEN, 16, '"Each Access Token will be valid for 60 minutes"', 'an expired token still works'],
    ['order-401-redirect', 'create-order', 'status', ORDER, 165, 'response will be Status Code 401 => Not Valid Token', 'answers 302 to a login page',
        only(401, function ($a) { $a->status = 302; $a->reason = 'Found'; $a->headers['Location'] = '/login'; })],
    ['order-status-202', 'create-order', 'status', ORDER, 164, 'response will be Status Code 200 => OK', 'answers 202 Accepted',
        good(function ($a) { $a->status = 202; $a->reason = 'Accepted'; })],
    ['order-answer-plain', 'create-order', 'header', ORDER, 164, 'order metadata in JSON format', 'Content-Type says text/plain',
        good(function ($a) { $a->headers['Content-Type'] = 'text/plain'; })],
    ['order-last-chunk-missing', 'create-order', 'framing', ORDER, 164, 'order metadata in JSON format', 'the connection closes in the middle of the chunked answer',
        good(function ($a) { $a->framing = 'no-last-chunk'; })],

    // --- Sellercloud purchase order
    ['po-answers-true', 'create-purchase-order', 'missing-member', PO, 85, 'ID of the created purchase order is returned', 'answers true in place of the ID',
        good(function ($a) { $a->body = true; })],
    ['po-products-not-required', 'create-purchase-order', 'required', PO, 41, 'Products | List | List with PO product items | true', 'a purchase order without Products is created'],
    ['po-productid-not-required', 'create-purchase-order', 'required', PO, 42, 'Product.ProductID | string | Product ID | true', 'an item without ProductID is accepted'],
    ['po-country-not-required', 'create-purchase-order', 'required', PO, 76, 'Address.Country | string | Two letter country code | true', 'an address without Country is accepted'],
    ['po-casemode-not-required', 'create-purchase-order', 'required', PO, 25, 'CaseQtyMode | bool | PO case quantity mode. | true', 'CaseQtyMode may be left out (then false)'],
    ['po-vendor-type-unchecked', 'create-purchase-order', 'wrong-type', PO, 21, 'VendorID | integer', 'VendorID may be any text'],
    ['po-cases-in-unit-mode', 'create-purchase-order', 'condition', PO, 50, 'Should only be set if case quantity mode is set to true.', 'QtyCasesOrdered is accepted without case quantity mode'],
    ['po-zero-units-per-case', 'create-purchase-order', 'condition', PO, 53, 'Should be greater than 0.', 'QtyUnitsPerCase 0 is accepted'],
    ['po-negative-case-price', 'create-purchase-order', 'condition', PO, 56, 'Cannot be negative.', 'a negative CasePrice is accepted'],
    ['po-null-refused', 'create-purchase-order', 'condition', PO, 27, 'Set to null or omit in the request if not needed.', 'DefaultWarehouseID null is refused'],
    ['po-error-200', 'create-purchase-order', 'status', PO, 87, 'In case of error, response will be Status Code 500', 'a refused purchase order gets 200 with the error text',
        only(500, function ($a) { $a->status = 200; $a->reason = 'OK'; })],
    ['po-401-reason', 'create-purchase-order', 'reason', PO, 86, 'Status Code 401 => Not Valid Token', 'reason phrase is "Invalid token"',
        only(401, function ($a) { $a->reason = 'Invalid token'; })],
    ['po-200-reason', 'create-purchase-order', 'reason', PO, 85, 'response will be Status Code 200 => OK', 'reason phrase is "Created"',
        good(function ($a) { $a->reason = 'Created'; })],
    ['po-missing-token-accepted', 'create-purchase-order', 'credential', PO, 5, 'it needs to be passed to the service call.', 'no Authorization header is needed'],

    // --- Veeqo
    ['veeqo-status-200', 'veeqo-create-product', 'status', VEEQO, 147, 'Created', 'answers 200 OK',
        good(function ($a) { $a->status = 200; $a->reason = 'OK'; })],
    ['veeqo-variant-title-not-required', 'veeqo-create-product', 'required', VEEQO, 43, 'required', 'a variant without title is created'],
    ['veeqo-variant-price-not-required', 'veeqo-create-product', 'required', VEEQO, 49, 'required', 'a variant without price is created'],
    ['veeqo-stock-entries-missing', 'veeqo-create-product', 'missing-member', VEEQO, 432, 'required', 'sellables have no stock_entries',
        each_sellable(function (&$s) { unset($s['stock_entries']); })],
    ['veeqo-estimated-delivery-text', 'veeqo-create-product', 'wrong-type', VEEQO, 694, '"estimated_delivery": null,', 'an empty estimated_delivery comes back as "" and not as null',
        good(function ($a) { $a->body['estimated_delivery'] ??= ''; })],
    ['veeqo-brand-list', 'veeqo-create-product', 'wrong-type', VEEQO, 696, '"brand": null,', 'no brand comes back as [] and not as null',
        good(function ($a) { $a->body['brand'] ??= []; })],
    ['veeqo-numbers-as-text', 'veeqo-create-product', 'wrong-type', VEEQO, 708, '"cost_price": 100,', 'cost_price is a string, as the request sent it',
        each_sellable(function (&$s) { $s['cost_price'] = (string) $s['cost_price']; })],
    ['veeqo-full-title', 'veeqo-create-product', 'wrong-value', VEEQO, 717, '"full_title": "Golden Retriever Dog - Title Puppy - ProdVariantTitle"', 'full_title is the title of the variant alone',
        each_sellable(function (&$s) { $s['full_title'] = $s['title']; })],
    ['veeqo-profit-zero', 'veeqo-create-product', 'wrong-value', VEEQO, 719, '"profit": 50,', 'profit is always 0',
        each_sellable(function (&$s) { $s['profit'] = 0; })],
    ['veeqo-last-image-is-main', 'veeqo-create-product', 'wrong-value', VEEQO, 686, '"src": "http://pluspng.com/img-png/dog-png-dog-png-image-267.png"', 'the last image is the main image'],
    ['veeqo-content-length-characters', 'veeqo-create-product', 'framing', VEEQO, 149, 'object', 'Content-Length counts characters, not bytes: an answer with an accented letter is cut off',
        good(function ($a) { $a->framing = 'length-in-characters'; })],

    // --- Seller Center
    ['center-status-capital', 'sellercenter-create-products', 'wrong-value', CENTER, 326, '"status":"success"', 'status is "Success"',
        each_result('product', function (&$r) { $r['status'] = 'Success'; })],
    ['center-config-id-missing', 'sellercenter-create-products', 'missing-member', CENTER, 331, '"config_id":"453593"', 'product has no config_id',
        each_result('product', function (&$r) { unset($r['product']['config_id']); })],
    ['center-config-id-number', 'sellercenter-create-products', 'wrong-type', CENTER, 331, '"config_id":"453593"', 'config_id is a number',
        each_result('product', function (&$r) { $r['product']['config_id'] = (int) $r['product']['config_id']; })],
    ['center-error-code-missing', 'sellercenter-create-products', 'missing-member', CENTER, 408, '"code": 0', 'error has no code',
        each_result('error', function (&$r) { unset($r['error']['code']); })],
    ['center-failure-as-success', 'sellercenter-create-products', 'wrong-value', CENTER, 405, '"status":"failure"', 'a refused product has the status "success"',
        each_result('error', function (&$r) { $r['status'] = 'success'; })],
    ['center-seller-sku-lower-case', 'sellercenter-create-products', 'wrong-value', CENTER, 364, 'SKU given by seller', 'seller_sku comes back in lower case',
        each_result('product', function (&$r) { $r['product']['seller_sku'] = strtolower($r['product']['seller_sku']); })],
    ['center-status-any', 'sellercenter-create-products', 'condition', CENTER, 243, '"active" - product is active; "inactive" - product is inactive "deleted" - product is deleted', 'any status is accepted'],
    ['center-shipment-any', 'sellercenter-create-products', 'condition', CENTER, 211, '3 - Cross docking', 'shipment_type 4 is accepted'],
    ['center-config-id-ignored', 'sellercenter-create-products', 'condition', CENTER, 446, 'Both of the values can be used to determine to which existing product the new variation shall be added.', 'a new variation does not join the product of its config_id'],
    ['center-result-not-list', 'sellercenter-create-products', 'wrong-type', CENTER, 324, '"result":[', 'a single result is an object, not a list',
        good(function ($a) { foreach ($a->body as &$call) if (count($call['result'] ?? []) === 1) $call['result'] = $call['result'][0]; })],
    ['center-body-printed-twice', 'sellercenter-create-products', 'framing', CENTER, 319, 'JSON example:', 'the answer is printed twice, which is no JSON',
        good(function ($a) { $a->before = json_encode($a->body); })],
]; }

// ---------------------------------------------------------------- options
$options = ['port' => '0', 'user' => 'shop-user', 'password' => 'shop-pass-1', 'key' => '',
    'expired-token' => 'EXPIRED.EXPIRED.EXPIRED', 'token-lifetime' => '3600'];
// Client settings named in the Sellercloud documents. Two are on here, so the full purchase order is possible.
$settings = ['require-site-cost' => false, 'require-manufacturer' => false, 'force-delivery-date' => true, 'multi-discount' => false, 'bill-to' => true];
$bugs = [];
function bug(string $name): bool { return isset($GLOBALS['bugs'][$name]); }

const HELP = <<<'TEXT'
php php_server.php [options]
  --port N               0 = any free port (0)
  --user NAME            user of the Sellercloud token call and the Seller Center auth call (shop-user)
  --password TEXT        its password (shop-pass-1)
  --key TEXT             Veeqo x-api-key; '' = none wanted ('')
  --expired-token TEXT   a Sellercloud token that is known but expired (EXPIRED.EXPIRED.EXPIRED)
  --token-lifetime SECS  life of a Sellercloud token (3600)
  --setting NAME=on|off  client setting (repeatable). On by default: force-delivery-date, bill-to.
                         Off by default: require-site-cost, require-manufacturer, multi-discount
  --bug NAME             switch on one defect (repeatable)
  --list-bugs            print all defects, tab-separated
  --help

TEXT;

function stop(string $text): never { fwrite(STDERR, $text . "\n"); exit(2); }

for ($i = 1; $i < $argc; $i++) {
    [$name, $value] = explode('=', $argv[$i], 2) + [1 => null]; // --port=8080 and --port 8080 are the same
    if ($name === '--help') { echo HELP; exit(0); }
    if ($name === '--list-bugs') {
        foreach (bug_table() as [$n, $op, $class, $file, $line, $quote, $wrong]) echo "$n\t$op\t$class\t$file:$line\t$quote\t$wrong\n";
        exit(0);
    }
    $value ??= $argv[++$i] ?? stop("$name needs a value");
    if ($name === '--bug') {
        if (!in_array($value, array_column(bug_table(), 0), true)) stop("unknown bug $value");
        $bugs[$value] = true;
    } elseif ($name === '--setting') {
        [$key, $state] = explode('=', $value, 2) + [1 => ''];
        if (!isset($settings[$key]) || !in_array($state, ['on', 'off'], true)) stop("unknown setting $value");
        $settings[$key] = $state === 'on';
    } elseif (isset($options[substr($name, 2)])) $options[substr($name, 2)] = $value;
    else stop("unknown option $name\n" . HELP);
}

// ---------------------------------------------------------------- answers and checks
class Answer extends Exception { // thrown for failures, returned for successes
    public string $before = '';  // text in front of the body, only set by bugs
    public string $framing = ''; // way to break the transfer, only set by bugs
    public array $headers = ['Content-Type' => 'application/json'];
    public function __construct(public int $status, public string $reason, public mixed $body) { parent::__construct(); }
}
function ok(mixed $body): Answer { return new Answer(200, 'OK', $body); }

// Member names are matched in any letter case: all are made lower-case on arrival.
function lower_keys(mixed $value): mixed {
    if (!is_array($value)) return $value;
    $out = [];
    foreach ($value as $key => $item) $out[is_string($key) ? strtolower($key) : $key] = lower_keys($item);
    return $out;
}

// Lenient types: numbers may be strings, a string may be a number.
function has_type(mixed $v, string $type): bool {
    return match ($type) {
        'int' => is_int($v) || (is_float($v) && floor($v) === $v) || (is_string($v) && preg_match('/^\s*-?\d+\s*$/', $v) === 1),
        'decimal' => is_int($v) || is_float($v) || (is_string($v) && is_numeric($v)),
        'string' => is_string($v) || is_int($v) || is_float($v),
        'bool' => is_bool($v) || in_array(is_string($v) ? strtolower($v) : $v, [0, 1, '0', '1', 'true', 'false'], true),
        'object' => is_array($v),
        'list' => is_array($v) && array_is_list($v),
        'any' => true,
    };
}
function is_true(mixed $v): bool { return in_array(is_string($v) ? strtolower($v) : $v, [true, 1, '1', 'true'], true); }
function number(mixed $v, mixed $otherwise = 0): mixed { return is_numeric($v) ? $v + 0 : $otherwise; }

// Returns the first error text, or null. $fields: name => type, '!' for required; null counts as "not sent".
function find_error(array $object, array $fields, string $where = ''): ?string {
    foreach ($fields as $name => $type) {
        $value = $object[strtolower($name)] ?? null;
        if ($value === null) { if (str_ends_with($type, '!')) return "$where$name is missing"; }
        elseif (!has_type($value, rtrim($type, '!'))) return "$where$name has a wrong type";
    }
    return null;
}
function required(string $type, string $unless): string { return bug($unless) ? $type : "$type!"; }
function typed(string $type, string $unless): string { return bug($unless) ? (str_ends_with($type, '!') ? 'any!' : 'any') : $type; }

function is_form(array $req): bool { return str_starts_with(strtolower($req['headers']['content-type'] ?? ''), 'application/x-www-form-urlencoded'); }

// The body as an array with lower-case names. Forms are read only where the document allows or is silent.
function body(array $req, bool $forms): ?array {
    if ($forms && is_form($req)) parse_str($req['body'], $data);
    else $data = json_decode($req['body'], true);
    return is_array($data) ? lower_keys($data) : null;
}

// ---------------------------------------------------------------- Sellercloud
$tokens = [$options['expired-token'] => 0]; // token => time it expires
$next_order = 1001;
$next_po = 501;

function create_token(array $req): Answer {
    global $options, $tokens;
    $body = body($req, !bug('token-form-not-read')) ?? []; // token-facts:9 forms, :11 letter case
    if (bug('token-lower-case-not-read') && !is_form($req)) {
        $sent = json_decode($req['body'], true) ?? [];
        $body = ['username' => $sent['Username'] ?? null, 'password' => $sent['Password'] ?? null];
    }
    $error = find_error($body, ['Username' => required('string', 'token-username-not-required'), 'Password' => 'string!']); // token-facts:10
    if ($error) throw new Answer(400, 'Bad Request', ['Message' => 'The request is invalid.', 'ModelState' => ['model' => [$error]]]);
    $user_good = ($body['username'] ?? null) === $options['user'] || (bug('token-username-not-required') && !isset($body['username']));
    if (!$user_good || ((string) $body['password'] !== $options['password'] && !bug('token-wrong-password-accepted')))
        throw new Answer(400, 'Bad Request', ['Message' => 'Sorry, invalid username or password']); // token-facts:19
    $life = (int) $options['token-lifetime'];
    $token = implode('.', array_map(fn ($n) => strtoupper(bin2hex(random_bytes($n))), [8, 16, 16])); // three parts, token-facts:17
    $tokens[$token] = microtime(true) + $life;
    return ok(['access_token' => $token, 'token_type' => 'Bearer', 'username' => $options['user'], 'expires_in' => $life,
        '.issued' => gmdate('Y-m-d\TH:i:s'), '.expires' => gmdate('Y-m-d\TH:i:s', time() + $life)]); // no zone, as in token-facts:15
}

// One and the same answer for a missing, unknown or expired token (token-facts:28).
function authenticate(array $req, string $op): void {
    global $tokens;
    $header = $req['headers']['authorization'] ?? null;
    if ($header === null && $op === 'create-purchase-order' && bug('po-missing-token-accepted')) return;
    if ($header === null && $op === 'create-order' && bug('order-missing-token-500')) throw new Answer(500, 'Internal Server Error', 'Undefined array key "Authorization"');
    $token = preg_match('/^Bearer\s+(\S+)$/i', $header ?? '', $found) ? $found[1] : null;
    if ($token !== null && $op === 'create-product' && bug('product-wrong-token-accepted')) return;
    if ($token !== null && isset($tokens[$token]) && $op === 'create-order' && bug('order-expired-token-accepted')) return;
    if ($token === null || ($tokens[$token] ?? 0) <= microtime(true)) throw new Answer(401, 'Not Valid Token', 'Not Valid Token'); // …create-order.txt:165
}

function refuse(string $text): never { throw new Answer(500, 'Internal Server Error', $text); } // the only documented error answer; bare sentence: token-facts:33

function sellercloud_body(array $req, string $op): array {
    authenticate($req, $op);
    return body($req, false) ?? refuse('No valid JSON in the request'); // "Content-Type: application/json" forbids forms
}

function create_product(array $req): Answer { // create-product.txt:16-27
    global $settings;
    $body = sellercloud_body($req, 'create-product');
    $purchase = $settings['require-site-cost'] ? '!' : '';
    $maker = $settings['require-manufacturer'] || bug('product-manufacturer-always-required') ? '!' : '';
    $error = find_error($body, ['CompanyId' => required('int', 'product-company-not-required'), 'ProductName' => 'string!', 'ProductSKU' => 'string!',
        'ProductTypeName' => required('string', 'product-type-not-required'), 'PurchaserId' => "int$purchase", 'SiteCost' => "decimal$purchase",
        'DefaultPrice' => "decimal$purchase", 'ManufacturerId' => "int$maker", 'AutoAssignUPC' => typed('bool', 'product-upc-type-unchecked'),
        'ProductNotes' => 'string', 'UPC' => 'string']);
    if ($error) refuse($error);
    return ok(['ProductID' => (string) $body['productsku'], 'ProductName' => (string) $body['productname'],
        'CompanyID' => number($body['companyid'] ?? null, null), 'UPC' => $body['upc'] ?? null, 'Active' => true]);
}

function create_order(array $req): Answer { // create-order.txt:38-160
    global $next_order;
    $body = sellercloud_body($req, 'create-order');
    $error = find_error($body, ['CustomerDetails' => 'object!', 'OrderDetails' => 'object!', 'ShippingAddress' => 'object', 'BillingAddress' => 'object',
        'ShippingMethodDetails' => 'object', 'PaymentDetails' => 'object', 'Notes' => 'object', 'Products' => 'list', 'GiftDetails' => 'object'])
        ?? find_error($body['customerdetails'], ['FirstName' => 'string!', 'LastName' => required('string', 'order-lastname-not-required'), 'Email' => 'string!',
            'ID' => 'int', 'Business' => 'string', 'IsWholesale' => 'bool'], 'CustomerDetails.')
        ?? find_error($body['orderdetails'], ['CompanyID' => typed('int!', 'order-company-type-unchecked'), 'Channel' => required('string', 'order-channel-not-required'),
            'MarketingSource' => 'int', 'SalesRepresentative' => 'int', 'TaxExempt' => 'bool', 'GiftOrder' => 'bool', 'OrderSourceOrderID' => 'string'], 'OrderDetails.');
    if ($error) refuse($error);
    $details = $body['orderdetails'];
    $channel = $details['channel'] ?? null;
    if ($channel !== null) { // by name in any letter case, or by number: lines 92-94
        if (empty($channel) && bug('order-channel-zero-refused')) refuse('OrderDetails.Channel is missing');
        $known = in_array(strtolower((string) $channel), ['local_store', '0', 'website', '6'], true);
        if (!$known && !bug('order-channel-any')) refuse("OrderDetails.Channel $channel is unknown");
    }
    return ok(['OrderID' => $next_order++, 'CompanyID' => number($details['companyid'], null), 'OrderSourceOrderID' => $details['ordersourceorderid'] ?? null,
        'CustomerEmail' => $body['customerdetails']['email'], 'StatusCode' => 1, 'TimeOfOrder' => gmdate('Y-m-d\TH:i:s')]);
}

function find_address_error(mixed $address, string $where): ?string { // lines 71-83
    if ($address === null) return null;
    if (!is_array($address)) return "$where has a wrong type";
    $error = find_error($address, array_fill_keys(['FirstName', 'LastName', 'MiddleName', 'ZipCode', 'City', 'Business', 'AddressLine1', 'AddressLine2',
        'Fax', 'Region', 'State', 'Phone'], 'string') + ['Country' => required('string', 'po-country-not-required')], "$where.");
    if (!$error && isset($address['country']) && !preg_match('/^[A-Za-z]{2}$/', (string) $address['country'])) return "$where.Country is no two letter code";
    return $error;
}

function find_item_error(mixed $item, string $where, bool $case_mode): ?string { // lines 42-64
    if (!is_array($item)) return "$where has a wrong type";
    $error = find_error($item, ['ProductID' => required('string', 'po-productid-not-required'), 'QtyUnitsOrdered' => 'int', 'UnitPrice' => 'decimal',
        'QtyCasesOrdered' => 'int', 'QtyUnitsPerCase' => 'int', 'CasePrice' => 'decimal', 'DiscountType' => 'string', 'DiscountValue' => 'decimal',
        'WarehouseID' => 'int', 'ItemNotes' => 'string'], "$where.");
    if ($error) return $error;
    $forbidden = $case_mode ? ['QtyUnitsOrdered', 'UnitPrice'] : ['QtyCasesOrdered', 'QtyUnitsPerCase', 'CasePrice']; // lines 44, 47, 50, 53, 56
    if ($GLOBALS['settings']['multi-discount']) array_push($forbidden, 'DiscountType', 'DiscountValue'); // lines 59, 62
    if (bug('po-cases-in-unit-mode')) $forbidden = array_diff($forbidden, ['QtyCasesOrdered']);
    foreach ($forbidden as $name) if (isset($item[strtolower($name)])) return "$where.$name must not be set here";
    foreach (['QtyUnitsOrdered', 'QtyCasesOrdered', 'QtyUnitsPerCase'] as $name) {
        $quantity = $item[strtolower($name)] ?? null;
        $zero_good = $name === 'QtyUnitsPerCase' && bug('po-zero-units-per-case') && $quantity == 0;
        if ($quantity !== null && $quantity <= 0 && !$zero_good) return "$where.$name must be above 0";
    }
    foreach (['UnitPrice', 'CasePrice'] as $name)
        if (($item[strtolower($name)] ?? 0) < 0 && !($name === 'CasePrice' && bug('po-negative-case-price'))) return "$where.$name is negative";
    return null;
}

function create_purchase_order(array $req): Answer { // create-purchase-order.txt:19-83
    global $settings, $next_po;
    $body = sellercloud_body($req, 'create-purchase-order');
    if (bug('po-null-refused') && array_key_exists('defaultwarehouseid', $body) && $body['defaultwarehouseid'] === null) refuse('DefaultWarehouseID has a wrong type');
    $error = find_error($body, ['CompanyID' => 'int!', 'VendorID' => typed('int!', 'po-vendor-type-unchecked'), 'POType' => 'string!',
        'CaseQtyMode' => required('bool', 'po-casemode-not-required'), 'DefaultWarehouseID' => 'int', 'Description' => 'string', 'VendorNote' => 'string',
        'PaymentTermID' => 'int', 'ExpectedDeliveryDate' => 'string', 'Products' => required('list', 'po-products-not-required')]);
    if ($error) refuse($error);
    if (isset($body['expecteddeliverydate'])) { // line 38
        if (!$settings['force-delivery-date']) refuse('ExpectedDeliveryDate must not be set here');
        if (strtotime((string) $body['expecteddeliverydate']) === false) refuse('ExpectedDeliveryDate is no date');
    }
    foreach ($body['products'] ?? [] as $i => $item)
        if ($error = find_item_error($item, "Products[$i]", is_true($body['caseqtymode'] ?? false))) refuse($error);
    // The table says Product.BillingAddress (lines 65, 68), the example has both addresses at the top: check both places.
    foreach ([$body, ...($body['products'] ?? [])] as $holder) {
        $error = find_address_error($holder['billingaddress'] ?? null, 'BillingAddress') ?? find_address_error($holder['shippingaddress'] ?? null, 'ShippingAddress');
        if ($error) refuse($error);
        if (isset($holder['billingaddress']) && !$settings['bill-to']) refuse('BillingAddress must not be set here'); // line 66
    }
    return ok($next_po++); // line 85: the ID, and nothing else
}

// ---------------------------------------------------------------- Veeqo (veeqo-create-product.txt)
$next_veeqo = 8636420;
$next_sellable = 14144702;
$next_image = 11499439;

function veeqo_refuse(string $text): never { throw new Answer(400, 'Bad Request', ['error_messages' => [$text]]); }

// "" is "no number": the example sends it for estimated_delivery (line 106).
function without_empty(array $object, array $names): array {
    foreach ($names as $name) if (($object[$name] ?? null) === '') unset($object[$name]);
    return $object;
}

function veeqo_create_product(array $req): Answer {
    global $options;
    if ($options['key'] !== '' && ($req['headers']['x-api-key'] ?? '') !== $options['key'])
        throw new Answer(401, 'Unauthorized', ['error_messages' => ['Wrong API key']]);
    $body = body($req, true) ?? veeqo_refuse('Body is neither JSON nor a form');
    $p = without_empty(is_array($body['product'] ?? null) ? $body['product'] : $body, ['estimated_delivery']); // with or without the wrapper
    $error = find_error($p, ['title' => 'string!', 'description' => 'string', 'notes' => 'string', 'product_brand_id' => 'string',
        'estimated_delivery' => 'decimal', 'product_variants_attributes' => 'list', 'images_attributes' => 'list']);
    if ($error) veeqo_refuse($error);
    if (($p['product_variants_attributes'] ?? null) === []) veeqo_refuse('product_variants_attributes needs one or more variants'); // line 8
    $optional = ['weight_grams', 'min_reorder_level', 'quantity_to_reorder', 'tax_rate', 'cost_price'];
    foreach ($p['product_variants_attributes'] ?? [] as $i => $variant) {
        if (!is_array($variant)) veeqo_refuse("Variant $i has a wrong type");
        $variant = without_empty($variant, $optional);
        $error = find_error($variant, ['title' => required('string', 'veeqo-variant-title-not-required'), 'price' => required('decimal', 'veeqo-variant-price-not-required'),
            'sku_code' => 'string!', 'upc_code' => 'string', 'model_number' => 'string'] + array_fill_keys($optional, 'decimal'), "Variant $i: ");
        if ($error) veeqo_refuse($error);
    }
    foreach ($p['images_attributes'] ?? [] as $i => $image) {
        $error = is_array($image) ? find_error($image, ['src' => 'string', 'display_position' => 'decimal'], "Image $i: ") : "Image $i has a wrong type";
        if ($error) veeqo_refuse($error);
    }
    return new Answer(201, 'Created', veeqo_product($p, gmdate('Y-m-d\TH:i:s.000\Z'))); // line 147
}

function veeqo_product(array $p, string $now): array { // the answer of the example, lines 655-947
    global $next_veeqo, $next_sellable, $next_image;
    $id = $next_veeqo++;
    $images = [];
    foreach ($p['images_attributes'] ?? [] as $i => $image) $images[] = ['id' => $next_image++, 'binary_data' => null, 'content_type' => null,
        'display_position' => number($image['display_position'] ?? null, $i + 1), 'created_by_id' => null, 'updated_by_id' => null, 'deleted_at' => null,
        'deleted_by_id' => null, 'created_at' => $now, 'updated_at' => $now, 'src' => $image['src'] ?? null, 'product_id' => $id, 'picture_file_name' => null,
        'picture_content_type' => null, 'picture_file_size' => null, 'picture_updated_at' => null, 'picture_order' => 9999];
    $main = ($images === [] ? null : $images[bug('veeqo-last-image-is-main') ? count($images) - 1 : 0]);
    $inner = ['id' => $id, 'title' => (string) $p['title'], 'weight' => 0, 'origin_country' => null, 'hs_tariff_number' => null, 'tax_rate' => 0, 'main_image' => $main,
        'estimated_delivery' => number($p['estimated_delivery'] ?? null, null), 'deleted_at' => null, 'deleted_by_id' => null,
        'description' => $p['description'] ?? '', 'main_image_src' => $main['src'] ?? null];
    $sellables = [];
    foreach ($p['product_variants_attributes'] ?? [] as $variant) array_unshift($sellables, veeqo_sellable($variant, $next_sellable++, $inner, $now)); // newest first: lines 701, 819
    $brand = $p['product_brand_id'] ?? '';
    return ['id' => $id, 'title' => $inner['title'], 'created_by_id' => 23005, 'created_at' => $now, 'weight' => 0, 'origin_country' => null, 'deleted_at' => null,
        'deleted_by_id' => null, 'hs_tariff_number' => null, 'notes' => $p['notes'] ?? '', 'product_tax_rate_id' => null, 'tax_rate' => 0, 'updated_at' => $now,
        'updated_by_id' => 23005, 'web_meta_description' => '', 'web_meta_keywords' => '', 'web_meta_title' => '', 'web_page_title' => '', 'web_page_url' => '',
        'main_image' => $main, 'estimated_delivery' => $inner['estimated_delivery'], 'total_quantity_sold' => 0,
        'brand' => $brand === '' ? null : ['id' => number($brand, 0), 'name' => "Brand $brand", 'display_position' => 0, 'products_count' => 1],
        'sellables' => $sellables, 'channel_products' => [], 'active_channels' => [], 'tags' => [], 'image' => $inner['main_image_src'],
        'description' => $inner['description'], 'on_hand_value' => 0, 'main_image_src' => $inner['main_image_src'], 'total_allocated_stock_level' => 0,
        'total_available_stock_level' => 0, 'total_stock_level' => 0, 'inventory' => ['infinite' => false]];
}

function veeqo_sellable(array $v, int $id, array $product, string $now): array {
    [$price, $cost, $weight] = [number($v['price'] ?? null), number($v['cost_price'] ?? null), number($v['weight_grams'] ?? null)];
    $title = (string) ($v['title'] ?? '');
    $warehouse = ['id' => 22668, 'name' => 'My Warehouse', 'user_id' => null, 'address_line_1' => '', 'address_line_2' => '', 'city' => '', 'region' => '',
        'country' => null, 'post_code' => '', 'inventory_type_code' => 'wavg', 'default_min_reorder' => 0, 'click_and_collect_enabled' => false,
        'click_and_collect_days' => null, 'created_by_id' => 23005, 'updated_by_id' => null, 'deleted_at' => null, 'deleted_by_id' => null,
        'created_at' => '2017-07-04T09:40:37.539Z', 'updated_at' => '2017-07-04T09:40:37.539Z', 'phone' => null, 'requested_carrier_account' => null];
    return ['total_quantity_sold' => 0, 'allocated_stock_level_at_all_warehouses' => 0, 'id' => $id, 'type' => 'ProductVariant', 'title' => $title,
        'sku_code' => (string) $v['sku_code'], 'upc_code' => (string) ($v['upc_code'] ?? ''), 'model_number' => (string) ($v['model_number'] ?? ''), 'price' => $price,
        'cost_price' => $cost, 'min_reorder_level' => number($v['min_reorder_level'] ?? null), 'quantity_to_reorder' => number($v['quantity_to_reorder'] ?? null),
        'created_by_id' => 23005, 'created_at' => $now, 'updated_at' => $now, 'weight_grams' => $weight, 'weight_unit' => 'g', // "g" for "kg": lines 121, 833
        'product_title' => $product['title'], 'full_title' => "{$product['title']} $title", 'sellable_title' => $title, 'profit' => $price - $cost,
        'margin' => $price ? round(($price - $cost) / $price * 100, 2) : 0, 'tax_rate' => number($v['tax_rate'] ?? null), 'product' => $product, // lines 719-720
        'stock_entries' => [['sellable_id' => $id, 'warehouse_id' => 22668, 'infinite' => false, 'allocated_stock_level' => 0, 'warehouse' => $warehouse,
            'location' => null, 'stock_running_low' => true, 'updated_at' => $now, 'incoming_stock_level' => 0, 'physical_stock_level' => 0,
            'available_stock_level' => 0, 'sellable_on_hand_value' => 0]],
        'variant_option_specifics' => [], 'variant_property_specifics' => [],
        'measurement_attributes' => ['id' => $id - 1557079, 'width' => 0, 'height' => 0, 'depth' => 0, 'dimensions_unit' => 'cm'],
        'images' => [], 'active_channels' => [], 'channel_sellables' => [], 'available_stock_level_at_all_warehouses' => 0, 'stock_level_at_all_warehouses' => 0,
        'on_hand_value' => 0, 'inventory' => ['infinite' => false, 'physical_stock_level_at_all_warehouses' => 0, 'allocated_stock_level_at_all_warehouses' => 0,
            'available_stock_level_at_all_warehouses' => 0, 'incoming_stock_level_at_all_warehouses' => 0], 'weight' => $weight];
}

// ---------------------------------------------------------------- Seller Center (sellercenter-create-products.txt)
$config_of_set = []; // product_set => config_id (lines 442, 446)
$next_center = 468012;
$next_config = 453593;
function center_failure(string $message, int $code = 0): array { return ['status' => 'failure', 'error' => ['message' => $message, 'code' => $code]]; }

function seller_center(array $req): Answer {
    global $options;
    $batch = body($req, false);
    if ($batch === null) throw new Answer(400, 'Bad Request', ['error' => ['message' => 'No valid JSON', 'code' => 1]]);
    if (!array_is_list($batch)) $batch = [$batch]; // a single call is a batch of one
    $logged_in = false;
    $answers = [];
    foreach ($batch as $call) {
        $params = $call['params'] ?? [];
        $head = ['api' => 1];
        $tail = ['id' => $call['id'] ?? null];
        if (($call['method'] ?? '') === 'auth') { // lines 10-18; the answer example has no element for it, so none is sent
            $logged_in = ($params['username'] ?? '') === $options['user'] && ($params['password'] ?? '') === $options['password'];
        } elseif (!$logged_in) $answers[] = $head + ['result' => [center_failure('Please log in', 401)]] + $tail;
        elseif (($call['method'] ?? '') !== 'Product.createProducts') $answers[] = $head + ['result' => [center_failure('Unknown method', 404)]] + $tail;
        else {
            $products = is_array($params['productsinfo'] ?? null) ? array_values($params['productsinfo']) : [];
            $answers[] = $head + ['result' => array_map(center_create(...), $products)] + $tail;
        }
    }
    return ok($answers);
}

function center_create(mixed $p): array {
    global $config_of_set, $next_center, $next_config;
    if (!is_array($p)) return center_failure('Product has a wrong type', 1);
    if (($p['attribute_set'] ?? '') === '') return center_failure('No attribute set specified'); // line 407
    // The table spells some names without underscores (lines 213, 229, 269), the example with: take both.
    foreach (['special_from_date', 'special_to_date', 'shipment_matrix_template'] as $name) $p[$name] ??= $p[str_replace('_', '', $name)] ?? null;
    $error = find_error($p, ['attribute_set' => 'int', 'approval_status' => 'int', 'stock' => 'int', 'attributes' => 'object', 'categories' => 'list',
        'shipment_matrix_template' => 'list'] + array_fill_keys(['brand', 'primary_category', 'config_id', 'description', 'platform_identifier', 'price',
        'product_set', 'seller', 'seller_sku', 'shipment_type', 'special_from_date', 'special_price', 'special_to_date', 'status', 'tax_class', 'title',
        'country_city', 'group_name', 'listing_type', 'product_identifier', 'rsin'], 'string'));
    if ($error) return center_failure($error, 2);
    $allowed = ['approval_status' => ['0', '1', '2'], 'shipment_type' => ['1', '2', '3'], 'status' => ['active', 'inactive', 'deleted']]; // lines 103-105, 209-211, 243
    if (bug('center-status-any')) unset($allowed['status']);
    if (bug('center-shipment-any')) unset($allowed['shipment_type']);
    foreach ($allowed as $name => $values)
        if (isset($p[$name]) && !in_array((string) $p[$name], $values, true)) return center_failure("$name is not allowed", 3);

    // With config_id: a new variation of an existing product (line 446). Without: same product_set, same product (line 442).
    $set = (string) ($p['product_set'] ?? '');
    $sent = bug('center-config-id-ignored') ? null : $p['config_id'] ?? null;
    $known = isset($p['config_id']) && bug('center-config-id-ignored') ? null : $config_of_set[$set] ?? null;
    $config = (string) ($sent ?? $known ?? $next_config++);
    if ($set !== '') $config_of_set[$set] = $config; // no product_set: nothing to group by
    $id = (string) $next_center++;
    return ['status' => 'success', 'product' => ['seller_sku' => (string) ($p['seller_sku'] ?? ''), 'sku' => "AK011MEAJPZTABCDE-$id", 'id' => $id,
        'config_id' => $config, 'updated_at' => gmdate('Y-m-d H:i:s')]];
}

// ---------------------------------------------------------------- HTTP
const ROUTES = [ // Sellercloud paths: any letter case, trailing slash optional (token-facts:4)
    ['~^/rest/api/token/?$~i', 'token', 'create_token'],
    ['~^/rest/api/Products/?$~i', 'create-product', 'create_product'],
    ['~^/rest/api/Orders/?$~i', 'create-order', 'create_order'],
    ['~^/rest/api/PurchaseOrders/?$~i', 'create-purchase-order', 'create_purchase_order'],
    ['~^/products/?$~', 'veeqo-create-product', 'veeqo_create_product'],
    ['~^/(sellercenter/?)?$~', 'sellercenter-create-products', 'seller_center'],
];

function handle(array $req): Answer {
    foreach (ROUTES as [$pattern, $op, $function]) {
        if (!preg_match($pattern, explode('?', $req['target'])[0])) continue;
        if ($req['method'] !== 'POST') {
            $answer = new Answer(405, 'Method Not Allowed', 'Only POST is possible here');
            $answer->headers['Allow'] = 'POST';
            return $answer;
        }
        try { $answer = $function($req); }
        catch (Answer $failure) { $answer = $failure; }
        catch (Throwable $crash) {
            fwrite(STDERR, "$crash\n");
            $answer = new Answer(500, 'Internal Server Error', 'An error has occurred.');
        }
        foreach (bug_table() as $row) if ($row[1] === $op && isset($row[7]) && bug($row[0])) $row[7]($answer);
        return $answer;
    }
    $answer = new Answer(404, 'Not Found', null);
    $answer->before = '<html><body><h1>Not Found</h1></body></html>'; // an HTML page, token-facts:5
    $answer->headers['Content-Type'] = 'text/html';
    return $answer;
}

// Takes one whole request off the front of $buffer. Null: more bytes are needed. False: not HTTP.
function take_request(string &$buffer): array|null|false {
    $end = strpos($buffer, "\r\n\r\n");
    if ($end === false) return strlen($buffer) > 65536 ? false : null;
    $lines = explode("\r\n", substr($buffer, 0, $end));
    if (!preg_match('~^(\S+) (\S+) HTTP/(1\.[01])$~', array_shift($lines), $first)) return false;
    $headers = [];
    foreach ($lines as $line) {
        [$name, $value] = explode(':', $line, 2) + [1 => ''];
        $headers[strtolower(trim($name))] = trim($value);
    }
    $req = ['method' => $first[1], 'target' => $first[2], 'version' => $first[3], 'headers' => $headers, 'body' => ''];
    $at = $end + 4;
    if (stripos($headers['transfer-encoding'] ?? '', 'chunked') !== false) {
        do {
            $eol = strpos($buffer, "\r\n", $at);
            if ($eol === false) return null;
            if (!preg_match('/^[0-9a-f]+/i', substr($buffer, $at, $eol - $at), $size)) return false;
            $size = hexdec($size[0]);
            if (strlen($buffer) < $eol + 2 + $size + 2) return null;
            $req['body'] .= substr($buffer, $eol + 2, $size);
            $at = $eol + 2 + $size + 2;
        } while ($size > 0);
    } else {
        $length = (int) ($headers['content-length'] ?? 0);
        if (strlen($buffer) < $at + $length) return null;
        $req['body'] = substr($buffer, $at, $length);
        $at += $length;
    }
    $buffer = substr($buffer, $at);
    return $req;
}

// Returns [bytes, close afterwards?].
function render(Answer $a, array $req): array {
    $text = $a->before . ($a->status === 404 ? '' : json_encode($a->body, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE));
    $close = strtolower($req['headers']['connection'] ?? '') === 'close' || $req['version'] === '1.0';
    $head = "HTTP/1.1 {$a->status} {$a->reason}\r\nDate: " . gmdate('D, d M Y H:i:s') . " GMT\r\n";
    foreach ($a->headers as $name => $value) $head .= "$name: $value\r\n";
    if ($close) $head .= "Connection: close\r\n";
    if ($a->framing === 'length-in-characters') return [$head . 'Content-Length: ' . preg_match_all('/./us', $text) . "\r\n\r\n$text", $close];
    if ($req['version'] === '1.0' || $req['method'] === 'HEAD')
        return [$head . 'Content-Length: ' . strlen($text) . "\r\n\r\n" . ($req['method'] === 'HEAD' ? '' : $text), $close];
    $body = '';
    foreach (str_split($text, max(1, intdiv(strlen($text), 2))) as $i => $part)
        $body .= dechex(strlen($part) + ($a->framing === 'chunk-size' && $i === 0 ? 1 : 0)) . "\r\n$part\r\n";
    if ($a->framing === 'no-last-chunk') return ["{$head}Transfer-Encoding: chunked\r\n\r\n$body", true];
    return ["{$head}Transfer-Encoding: chunked\r\n\r\n{$body}0\r\n\r\n", $close || $a->framing !== '']; // after a wrong size nothing more can be read
}

pcntl_async_signals(true);
pcntl_signal(SIGTERM, fn () => exit(0));
$server = stream_socket_server("tcp://127.0.0.1:{$options['port']}", $code, $message) ?: stop("cannot listen: $message");
echo 'listening on ', explode(':', stream_socket_get_name($server, false))[1], "\n";

$clients = $buffers = [];
while (true) {
    [$readable, $none] = [[$server, ...array_values($clients)], null];
    if (!@stream_select($readable, $none, $none, null)) continue;
    foreach ($readable as $socket) {
        if ($socket === $server) {
            $client = @stream_socket_accept($server, 0);
            if ($client) { $clients[(int) $client] = $client; $buffers[(int) $client] = ''; stream_set_blocking($client, false); }
            continue;
        }
        $n = (int) $socket;
        $bytes = @fread($socket, 65536);
        $close = ($bytes === '' || $bytes === false) && feof($socket);
        $buffers[$n] .= (string) $bytes;
        if (str_contains($buffers[$n], "\r\n\r\n") && preg_match('/^expect: *100-continue\r$/mi', strstr($buffers[$n], "\r\n\r\n", true) . "\r\n")
            && str_ends_with($buffers[$n], "\r\n\r\n")) fwrite($socket, "HTTP/1.1 100 Continue\r\n\r\n");
        while (!$close && ($req = take_request($buffers[$n])) !== null) {
            if ($req === false) [$out, $close] = ["HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", true];
            else [$out, $close] = render(handle($req), $req);
            stream_set_blocking($socket, true);
            @fwrite($socket, $out);
            stream_set_blocking($socket, false);
        }
        if ($close) { fclose($socket); unset($clients[$n], $buffers[$n]); }
    }
}
