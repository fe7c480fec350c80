<?php
// Settings that the site or the image decides; the wiki's own settings page shows them as fixed.
$conf['title'] = getenv('WIKI_TITLE') ?: 'Wiki';
$conf['lang'] = getenv('WIKI_LANGUAGE') ?: 'en';
$conf['baseurl'] = getenv('WIKI_ADDRESS') ?: '';
$conf['basedir'] = '/';
$conf['savedir'] = '/data/wiki';
$conf['userewrite'] = 1;
$conf['useslash'] = 0;
$conf['send404'] = 1;
$conf['license'] = ''; // a group chooses its own, on a page of its own
$conf['useacl'] = 1;
$conf['authtype'] = 'authplain';
$conf['passcrypt'] = 'bcrypt';
$conf['superuser'] = '@admin';
$conf['disableactions'] = 'register,resendpwd';
$conf['updatecheck'] = 0;
$conf['fetchsize'] = 0;
$conf['allowdebug'] = 0;
$conf['dmode'] = 0750;
$conf['fmode'] = 0640;
$conf['im_convert'] = '';
