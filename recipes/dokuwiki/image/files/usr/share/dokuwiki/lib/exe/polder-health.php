<?php
// Well when the wiki's files can be written. Asks for no page, so it costs nearly nothing.
http_response_code(is_writable('/data/wiki/pages') && is_readable('/data/conf/users.auth.php') ? 200 : 503);
