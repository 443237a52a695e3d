<?php
// Records as PHP makes them. Argument: which way. In: XML of all people, or of ways that start
// from objects their facts as JSON. Out: a JSON list of records.

declare(strict_types=1);

foreach (['Symfony/Component/Serializer', 'Carbon', 'Illuminate/Support', 'Illuminate/Http'] as $library) {
    if (is_file("/usr/share/php/$library/autoload.php")) {
        require_once "/usr/share/php/$library/autoload.php";
    }
}

$input = stream_get_contents(STDIN);

/** Replace each wall clock of Persy by what a function makes of it. */
function with_times(mixed $value, callable $make): mixed
{
    if (is_array($value)) {
        return array_map(fn ($item) => with_times($item, $make), $value);
    }
    $is_time = is_string($value) && preg_match('/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/D', $value);
    return $is_time ? $make($value) : $value;
}

/** Each candidate's element, as SimpleXML gives it. */
function elements(string $xml, int $options = 0): array
{
    $root = simplexml_load_string($xml, SimpleXMLElement::class, $options);
    return iterator_to_array($root->children(), false);
}

/** The facts, flat and in a table, as PDO fetches its rows by default: by name and by number. */
function rows(array $people): array
{
    $database = new PDO('sqlite::memory:');
    $columns = [];
    foreach ($people as $one) {
        $columns += array_filter($one, fn ($value) => !is_array($value));
    }
    $columns = array_keys($columns);
    $database->exec('create table people (' . implode(', ', $columns) . ')');
    $database->exec('create table openings (Person, Id, Title, Status, ApplicationDate)');
    $places = implode(', ', array_fill(0, count($columns), '?'));
    $person = $database->prepare("insert into people values ($places)");
    $opening = $database->prepare('insert into openings values (?, ?, ?, ?, ?)');
    foreach ($people as $one) {
        $person->execute(array_map(fn ($name) => is_bool($one[$name] ?? null) ? (int) $one[$name] : $one[$name] ?? null, $columns));
        $openings = $one['PositionOpening'] ?? [];
        foreach (array_is_list($openings) ? $openings : [$openings] as $each) {
            $opening->execute([$one['Id'], $each['Id'] ?? null, $each['Title'] ?? null,
                $each['Status'] ?? null, $each['ApplicationDate'] ?? null]);
        }
    }
    $found = $database->query('select * from people')->fetchAll();
    foreach ($found as &$row) {
        $of_person = $database->prepare(
            'select Id, Title, Status, ApplicationDate from openings where Person = ?'
        );
        $of_person->execute([$row['Id']]);
        $row['PositionOpening'] = $of_person->fetchAll();
    }
    return $found;
}

$berlin = new DateTimeZone('Europe/Berlin');
$facts = fn () => json_decode($input, true, 512, JSON_THROW_ON_ERROR);
$records = match ($argv[1]) {
    'simplexml' => elements($input),
    'simplexml-nocdata' => elements($input, LIBXML_NOCDATA),
    'simplexml-array' => array_map(
        fn ($element) => json_decode(json_encode((array) $element), true), elements($input, LIBXML_NOCDATA)
    ),
    'force-object' => array_map(
        fn ($element) => json_decode(json_encode($element), true), elements($input, LIBXML_NOCDATA)
    ),
    'symfony-xml' => (new Symfony\Component\Serializer\Encoder\XmlEncoder())
        ->decode($input, 'xml')['Candidate'],
    'datetime' => with_times($facts(), fn ($text) => new DateTimeImmutable($text, $berlin)),
    'carbon' => with_times($facts(), fn ($text) => Carbon\Carbon::parse($text, $berlin)),
    'symfony-dates' => with_times($facts(), fn ($text) =>
        (new Symfony\Component\Serializer\Normalizer\DateTimeNormalizer())
            ->normalize(new DateTimeImmutable($text, $berlin))),
    'array-filter' => array_map(
        fn ($one) => ['PositionOpening' => array_filter(
            [null, ...$one['PositionOpening']], fn ($each) => $each !== null
        )] + $one, $facts()
    ),
    'pdo' => rows($facts()),
};
$flags = $argv[1] === 'force-object' ? JSON_FORCE_OBJECT : 0;
$encoded = array_map(fn ($record) => json_encode($record, $flags | JSON_THROW_ON_ERROR), $records);
echo '[', implode(',', $encoded), ']';
