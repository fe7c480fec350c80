<?php
// Runs before the wiki does: makes what is missing in /data and gives "admin" its password of today.
umask(0027);
const SEED = '/usr/share/polder/wiki';
const USERS = '/data/conf/users.auth.php';
const RIGHTS = "# acl.auth.php\n# <?php exit()?>\n# Everyone reads, people with an account write.\n*\t@ALL\t1\n*\t@user\t8\n";

function folder(string $path): void
{
    if (!is_dir($path) && !mkdir($path, 0750, true) && !is_dir($path)) {
        fwrite(STDERR, "cannot make the folder $path\n");
        exit(1);
    }
}

/** Write a file whole or not at all. */
function put(string $path, string $content): void
{
    $aside = $path . '.' . getmypid();
    if (file_put_contents($aside, $content) !== strlen($content) || !rename($aside, $path)) {
        fwrite(STDERR, "cannot write $path\n");
        exit(1);
    }
}

function seed(string $from, string $to): void
{
    folder($to);
    foreach (array_diff(scandir($from), ['.', '..']) as $name) {
        is_dir("$from/$name") ? seed("$from/$name", "$to/$name") : copy("$from/$name", "$to/$name");
    }
}

function with_admin(string $users, string $password): string
{
    $kept = [];
    foreach (explode("\n", $users) as $line) {
        $fields = explode(':', $line);
        if ($fields[0] !== 'admin') {
            $kept[] = $line;
        } elseif (password_verify($password, $fields[1] ?? '')) {
            return $users;
        }
    }
    $hash = password_hash($password, PASSWORD_BCRYPT, ['cost' => 10]);
    return rtrim(implode("\n", $kept)) . "\nadmin:$hash:Admin:admin@localhost:admin,user\n";
}

foreach (['/data/conf', '/data/sessions'] as $path) {
    folder($path);
}
$lock = fopen('/data/conf/.prepare', 'c');
flock($lock, LOCK_EX);
if (!is_dir('/data/wiki/pages')) {
    seed(SEED, '/data/wiki');
    put('/data/wiki/pages/start.txt', '====== ' . (getenv('WIKI_TITLE') ?: 'Wiki') . " ======\n");
}
foreach (array_diff(scandir(SEED), ['.', '..']) as $name) {
    folder("/data/wiki/$name");
}
if (!file_exists('/data/conf/acl.auth.php')) {
    put('/data/conf/acl.auth.php', RIGHTS);
}
$users = file_exists(USERS) ? file_get_contents(USERS) : "# users.auth.php\n# <?php exit()?>\n";
$password = rtrim(file_get_contents('/run/secrets/admin-password'), "\n");
if ($password === '') {
    fwrite(STDERR, "the secret admin-password is empty\n");
    exit(1);
}
$wanted = with_admin($users, $password);
if ($wanted !== $users) {
    put(USERS, $wanted);
}
