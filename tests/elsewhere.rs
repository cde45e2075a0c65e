//! Systems that are not in the corpus: their shapes as they are known, not recorded. What is read of them comes from
//! the structure alone.

use bytes::Bytes;
use http::Response;
use tower_error_envelope::read::read;

/// The system, the status, the body, and what a careful engineer would take from it: message, type, parameters.
type Case = (
    &'static str,
    u16,
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
    &'static [(&'static str, &'static str)],
);

#[test]
fn errors_never_seen_before_are_read_by_their_structure() {
    let mut wrong = Vec::new();
    for (system, status, body, message, error_type, fields) in CASES {
        let response = Response::builder().status(*status).body(Bytes::from(*body));
        let envelope = read(&response.unwrap());
        let read_type = envelope.sent_error_type().map(|name| name.as_str());
        let errors = envelope.field_errors();
        let read_fields: Vec<_> = errors
            .iter()
            .flat_map(|(name, messages)| messages.map(move |message| (name, message)))
            .collect();
        if (envelope.sent_message(), read_type, &*read_fields) != (*message, *error_type, *fields) {
            wrong.push(format!("{system}: {envelope:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[rustfmt::skip]
const CASES: &[Case] = &[
    ("Notion", 404, r#"{"object":"error","status":404,"code":"object_not_found","message":"Could not find page"}"#,
        Some("Could not find page"), Some("object_not_found"), &[]),
    ("Wise", 422, r#"{"errors":[{"code":"NOT_VALID","message":"Please enter a valid account","path":"currency","arguments":["currency"]}]}"#,
        None, None, &[("currency", "Please enter a valid account")]),
    ("BigCommerce", 422, r#"{"status":422,"title":"The field 'name' is invalid.","type":"https://developer.bigcommerce.com/api#api-status-codes","errors":{"name":"The product name is a duplicate"}}"#,
        Some("The field 'name' is invalid."), Some("https://developer.bigcommerce.com/api#api-status-codes"), &[("name", "The product name is a duplicate")]),
    ("Recurly", 422, r#"{"error":{"type":"validation","message":"The request is invalid","params":[{"param":"code","message":"has already been taken"}]}}"#,
        Some("The request is invalid"), Some("validation"), &[("code", "has already been taken")]),
    ("Algolia", 403, r#"{"message":"Invalid Application-ID or API key","status":403}"#,
        Some("Invalid Application-ID or API key"), None, &[]),
    ("Mapbox", 401, r#"{"message":"Not Authorized - Invalid Token","error_code":"TOKEN_INVALID"}"#,
        Some("Not Authorized - Invalid Token"), Some("TOKEN_INVALID"), &[]),
    ("HERE", 400, r#"{"title":"Malformed request","status":400,"code":"E605001","cause":"Error while parsing request","action":"Fix the request","correlationId":"4199533b"}"#,
        Some("Error while parsing request"), Some("E605001"), &[]),
    ("Meilisearch", 404, r#"{"message":"Index `movies` not found.","code":"index_not_found","type":"invalid_request","link":"https://docs.meilisearch.com/errors#index_not_found"}"#,
        Some("Index `movies` not found."), Some("index_not_found"), &[]),
    ("Weaviate", 422, r#"{"error":[{"message":"class not found"}]}"#,
        Some("class not found"), None, &[]),
    ("Pinecone", 400, r#"{"error":{"code":"INVALID_ARGUMENT","message":"Vector dimension 3 does not match"},"status":400}"#,
        Some("Vector dimension 3 does not match"), Some("INVALID_ARGUMENT"), &[]),
    ("Snowflake", 401, r#"{"code":"390101","message":"Authorization header not found in the request data.","sqlState":"08001"}"#,
        Some("Authorization header not found in the request data."), Some("390101"), &[]),
    ("Lob", 422, r#"{"error":{"message":"name is required","status_code":422,"code":"invalid"}}"#,
        Some("name is required"), Some("invalid"), &[]),
    ("Postmark", 422, r#"{"ErrorCode":405,"Message":"You ran out of credits"}"#,
        Some("You ran out of credits"), Some("405"), &[]),
    ("SparkPost", 422, r#"{"errors":[{"message":"invalid data format/type","description":"Error validating domain name syntax for domain: '.'","code":"1300"}]}"#,
        Some("Error validating domain name syntax for domain: '.'"), Some("1300"), &[]),
    ("Bitly", 400, r#"{"message":"INVALID_ARG_LONG_URL","resource":"bitlinks","description":"The value provided is invalid.","errors":[{"field":"long_url","message":"invalid"}]}"#,
        Some("The value provided is invalid."), Some("INVALID_ARG_LONG_URL"), &[("long_url", "invalid")]),
    ("Zuora", 400, r#"{"success":false,"processId":"D1A3","reasons":[{"code":53200020,"message":"'termType' value should be one of TERMED"}]}"#,
        Some("'termType' value should be one of TERMED"), Some("53200020"), &[]),
    ("Marketo", 400, r#"{"requestId":"c245","success":false,"errors":[{"code":"601","message":"Access token invalid"}]}"#,
        Some("Access token invalid"), Some("601"), &[]),
    ("Eventbrite", 400, r#"{"error":"VENUE_AND_ONLINE","error_description":"You cannot both specify a venue and set online_event","status_code":400}"#,
        Some("You cannot both specify a venue and set online_event"), Some("VENUE_AND_ONLINE"), &[]),
    ("api.data.gov", 403, r#"{"error":{"code":"API_KEY_MISSING","message":"No api_key was supplied."}}"#,
        Some("No api_key was supplied."), Some("API_KEY_MISSING"), &[]),
    ("Apigee", 401, r#"{"fault":{"faultstring":"Invalid ApiKey","detail":{"errorcode":"oauth.v2.InvalidApiKey"}}}"#,
        Some("Invalid ApiKey"), Some("oauth.v2.InvalidApiKey"), &[]),
    ("EasyPost", 422, r#"{"error":{"code":"ADDRESS.VERIFY.FAILURE","message":"Unable to verify address.","errors":[{"field":"address","message":"Address not found","suggestion":null,"code":"E.ADDRESS.NOT_FOUND"}]}}"#,
        Some("Unable to verify address."), Some("ADDRESS.VERIFY.FAILURE"), &[("address", "Address not found")]),
    ("Coinbase", 404, r#"{"errors":[{"id":"not_found","message":"Not found"}]}"#,
        Some("Not found"), Some("not_found"), &[]),
    ("Binance", 400, r#"{"code":-1121,"msg":"Invalid symbol."}"#,
        Some("Invalid symbol."), Some("-1121"), &[]),
    ("Kraken", 400, r#"{"error":["EAPI:Invalid key"],"result":{}}"#,
        Some("EAPI:Invalid key"), None, &[]),
    ("Alpaca", 422, r#"{"code":40010001,"message":"invalid order type"}"#,
        Some("invalid order type"), Some("40010001"), &[]),
    ("Tableau", 401, r#"{"error":{"summary":"Signin Error","detail":"Error signing in to Tableau Server","code":"401001"}}"#,
        Some("Error signing in to Tableau Server"), Some("401001"), &[]),
    ("Auth0 management", 400, r#"{"statusCode":400,"error":"Bad Request","message":"Payload validation error: 'Invalid type: string'.","errorCode":"invalid_body"}"#,
        Some("Payload validation error: 'Invalid type: string'."), Some("invalid_body"), &[]),
    ("SonarQube", 403, r#"{"errors":[{"msg":"Insufficient privileges"}]}"#,
        Some("Insufficient privileges"), None, &[]),
    ("Artifactory", 404, r#"{"errors":[{"status":404,"message":"Unable to find item"}]}"#,
        Some("Unable to find item"), None, &[]),
    ("OCI registry", 404, r#"{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry","detail":{"name":"library/x"}}]}"#,
        Some("repository name not known to registry"), Some("NAME_UNKNOWN"), &[]),
    ("PocketBase", 400, r#"{"code":400,"message":"Something went wrong while processing your request.","data":{"title":{"code":"validation_required","message":"Missing required value."}}}"#,
        Some("Something went wrong while processing your request."), None, &[("title", "Missing required value.")]),
    ("Appwrite", 401, r#"{"message":"Invalid credentials. Please check the email and password.","code":401,"type":"user_invalid_credentials","version":"1.0.0"}"#,
        Some("Invalid credentials. Please check the email and password."), Some("user_invalid_credentials"), &[]),
    ("Supabase storage", 404, r#"{"statusCode":"404","error":"Not found","message":"The resource was not found"}"#,
        Some("The resource was not found"), None, &[]),
    ("Parse", 404, r#"{"code":101,"error":"Object not found."}"#,
        Some("Object not found."), Some("101"), &[]),
    ("Slim", 500, r#"{"message":"Slim Application Error","exception":[{"type":"RuntimeException","code":0,"message":"boom","file":"/x.php","line":3}]}"#,
        Some("Slim Application Error"), None, &[]),
    ("Javalin", 400, r#"{"title":"Couldn't deserialize body to User","status":400,"type":"https://javalin.io/documentation#badrequestresponse","details":{}}"#,
        Some("Couldn't deserialize body to User"), Some("https://javalin.io/documentation#badrequestresponse"), &[]),
    ("Javalin, validation", 400, r#"{"age":[{"message":"must be at least 18","args":{},"value":7}]}"#,
        None, None, &[("age", "must be at least 18")]),
    ("Vapor", 422, r#"{"error":true,"reason":"name is not longer than 3 characters"}"#,
        Some("name is not longer than 3 characters"), None, &[]),
    ("Goa", 400, r#"{"name":"invalid_range","id":"3F1FKVRR","message":"a must be 1 or more","temporary":false,"timeout":false,"fault":false}"#,
        Some("a must be 1 or more"), Some("invalid_range"), &[]),
    ("Encore", 404, r#"{"code":"not_found","message":"no such post","details":null}"#,
        Some("no such post"), Some("not_found"), &[]),
    ("ABP", 400, r#"{"error":{"code":null,"message":"Your request is not valid!","details":"The following errors were detected during validation.","validationErrors":[{"message":"Username should be minimum length of 3.","members":["userName"]}]}}"#,
        Some("Your request is not valid!"), None, &[("userName", "Username should be minimum length of 3.")]),
    ("NetSuite", 404, r#"{"type":"https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html#sec10.4.5","title":"Not Found","status":404,"o:errorDetails":[{"detail":"The record instance does not exist.","o:errorCode":"NONEXISTENT_ID"}]}"#,
        Some("The record instance does not exist."), Some("NONEXISTENT_ID"), &[]),
    ("ServiceNow", 404, r#"{"error":{"message":"No Record found","detail":"Record doesn't exist or ACL restricts the record retrieval"},"status":"failure"}"#,
        Some("Record doesn't exist or ACL restricts the record retrieval"), None, &[]),
    ("Confluence", 404, r#"{"statusCode":404,"data":{"authorized":false,"valid":true,"errors":[],"successful":false},"message":"No content found with id"}"#,
        Some("No content found with id"), None, &[]),
    ("Azure DevOps", 404, r#"{"$id":"1","innerException":null,"message":"TF401019: The Git repository does not exist.","typeName":"Microsoft.TeamFoundation.Git.Server.GitRepositoryNotFoundException, Microsoft.TeamFoundation.Git.Server","typeKey":"GitRepositoryNotFoundException","errorCode":0,"eventId":3000}"#,
        Some("TF401019: The Git repository does not exist."), Some("GitRepositoryNotFoundException"), &[]),
    ("Workday", 400, r#"{"error":"validation error","errors":[{"error":"Required","field":"name"}]}"#,
        Some("validation error"), None, &[("name", "Required")]),
    ("Greenhouse", 422, r#"{"message":"Invalid attributes: email","errors":[{"message":"Must be a valid email","field":"email"}]}"#,
        Some("Invalid attributes: email"), None, &[("email", "Must be a valid email")]),
    ("Lever", 404, r#"{"code":"ResourceNotFound","message":"Posting was not found"}"#,
        Some("Posting was not found"), Some("ResourceNotFound"), &[]),
    ("New Relic", 404, r#"{"error":{"title":"The API key provided is invalid"}}"#,
        Some("The API key provided is invalid"), None, &[]),
    ("ASP.NET Web API 2", 400, r#"{"Message":"The request is invalid.","ModelState":{"product.Name":["The Name field is required."]}}"#,
        Some("The request is invalid."), None, &[("product.Name", "The Name field is required.")]),
    ("Instagram", 400, r#"{"meta":{"code":400,"error_type":"OAuthException","error_message":"Missing client"}}"#,
        Some("Missing client"), Some("OAuthException"), &[]),
    ("FluentValidation", 400, r#"{"Errors":[{"PropertyName":"Name","ErrorMessage":"'Name' must not be empty.","AttemptedValue":"","ErrorCode":"NotEmptyValidator"}]}"#,
        None, None, &[("Name", "'Name' must not be empty.")]),
    ("zod, formatted", 400, r#"{"_errors":[],"name":{"_errors":["Required"]}}"#,
        None, None, &[("name", "Required")]),
    ("zod, safeParse", 400, r#"{"success":false,"error":{"issues":[{"code":"too_small","path":["user",0,"name"],"message":"Too short"}],"name":"ZodError"}}"#,
        None, Some("ZodError"), &[("user.0.name", "Too short")]),
    ("Nest, class-validator", 400, r#"{"error":"Bad Request","message":["email must be an email","age must be positive"],"statusCode":400}"#,
        Some("email must be an email\nage must be positive"), None, &[]),
    ("TMDB", 401, r#"{"success":false,"status_code":7,"status_message":"Invalid API key: You must be granted a valid key."}"#,
        Some("Invalid API key: You must be granted a valid key."), None, &[]),
];
