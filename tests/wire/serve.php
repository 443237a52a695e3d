<?php
// A list of candidates as a framework of PHP pages it: for PHP's own server. The environment says
// which records (WIRE_RECORDS, a JSON list of [update time in seconds, record as JSON text, id]) and
// which framework (WIRE_FRAMEWORK).

declare(strict_types=1);

foreach (['Support', 'Container', 'Http', 'Pagination'] as $library) {
    if (is_file("/usr/share/php/Illuminate/$library/autoload.php")) {
        require_once "/usr/share/php/Illuminate/$library/autoload.php";
    }
}

use Illuminate\Http\JsonResponse;
use Illuminate\Http\Resources\Json\JsonResource;
use Illuminate\Pagination\Cursor;
use Illuminate\Pagination\CursorPaginator;
use Illuminate\Pagination\LengthAwarePaginator;
use Illuminate\Pagination\Paginator;

const BASE = '/persy/api/v1';
const MOST = 100;

/** A record whose JSON goes out as it came in. */
final class Record implements JsonSerializable
{
    public function __construct(public int $number, private string $json)
    {
    }

    public function jsonSerialize(): mixed
    {
        return json_decode($this->json, false, 512, JSON_THROW_ON_ERROR);
    }

    /** As a model of Laravel gives itself to a resource. */
    public function toArray(): array
    {
        return (array) $this->jsonSerialize();
    }
}

/** What Laravel's routing brings, which Debian packages as a part of the whole framework only. */
function response(): object
{
    return new class {
        public function json(mixed ...$arguments): JsonResponse
        {
            return new JsonResponse(...$arguments);
        }
    };
}

header('Content-Type: application/json');
if (($_SERVER['HTTP_AUTHORIZATION'] ?? '') !== 'Bearer wire-key') {
    http_response_code(401);
    exit('{"message":"Unauthenticated."}');
}
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path !== BASE . '/candidates') {
    http_response_code(404);
    exit('{"message":"Not Found"}');
}
$all = json_decode(file_get_contents(getenv('WIRE_RECORDS')), true, 512, JSON_THROW_ON_ERROR);
$since = isset($_GET['modified_since']) ? strtotime($_GET['modified_since']) : null;
$kept = [];
foreach ($all as $number => [$updated, $json]) {
    if ($since === null || $updated >= $since) {
        $kept[] = new Record($number, $json);
    }
}
$size = min(max((int) ($_GET['per_page'] ?? 15), 1), MOST);
$page = max((int) ($_GET['page'] ?? 1), 1);
$options = ['path' => "http://{$_SERVER['HTTP_HOST']}" . BASE . '/candidates', 'query' => array_diff_key($_GET, ['page' => 1, 'cursor' => 1])];
$slice = array_slice($kept, ($page - 1) * $size, $size);
$more = array_slice($kept, ($page - 1) * $size, $size + 1);
Paginator::currentPathResolver(fn () => $options['path']);

/** The records after a cursor and one more, as a query with a limit brings them. */
function after(?Cursor $cursor, array $kept, int $size): array
{
    $from = $cursor === null ? -1 : (int) $cursor->parameter('number');
    return array_slice(array_values(array_filter($kept, fn ($one) => $one->number > $from)), 0, $size + 1);
}

$cursor = Cursor::fromEncoded($_GET['cursor'] ?? null);
echo json_encode(match (getenv('WIRE_FRAMEWORK')) {
    'plain' => $slice,
    'paginate' => new LengthAwarePaginator($slice, count($kept), $size, $page, $options),
    'simplePaginate' => new Paginator($more, $size, $page, $options),
    'cursorPaginate' => new CursorPaginator(
        after($cursor, $kept, $size), $size, $cursor, [...$options, 'parameters' => ['number']]
    ),
    'resources' => JsonResource::collection(
        new LengthAwarePaginator($slice, count($kept), $size, $page, $options)
    )->toResponse(Illuminate\Http\Request::capture())->getData(),
}, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES);
