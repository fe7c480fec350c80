<?php
// Takes the place of Debian's file of this name (which is for farms of wikis).
// What the image decides lies in /etc, what the group decides in /data/conf; the former wins where both speak.
$own = '/data/conf/';
$image = '/etc/dokuwiki/';
defined('DOKU_CONF') || define('DOKU_CONF', $image);
$config_cascade = [
    'main' => ['default' => [$image . 'dokuwiki.php'], 'local' => [$own . 'local.php'], 'protected' => ['/etc/polder/wiki.php']],
    'plugins' => [
        'default' => [$image . 'plugins.php'],
        'local' => [$own . 'plugins.local.php'],
        'protected' => [$image . 'plugins.required.php'],
    ],
    'license' => ['default' => [$image . 'license.php'], 'local' => [$own . 'license.local.php']],
    'acl' => ['default' => $own . 'acl.auth.php'],
    'plainauth.users' => ['default' => $own . 'users.auth.php', 'protected' => ''],
    'userstyle' => array_map(
        fn($name) => [$own . $name . '.css', $own . $name . '.less'],
        ['screen' => 'userstyle', 'print' => 'userprint', 'feed' => 'userfeed', 'all' => 'userall'],
    ),
    'userscript' => ['default' => [$own . 'userscript.js']],
];
foreach (['acronyms', 'entities', 'interwiki', 'mime', 'scheme', 'smileys', 'wordblock'] as $list) {
    $config_cascade[$list] = ['default' => [$image . $list . '.conf'], 'local' => [$own . $list . '.local.conf']];
}
